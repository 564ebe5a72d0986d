/** The measured decision with the classes of `@solo-io/proxy-runtime`, as its README writes a filter. */
export * from "@solo-io/proxy-runtime/assembly/proxy";
import {
  Context,
  FilterHeadersStatusValues,
  RootContext,
  registerRootContext,
  stream_context,
} from "@solo-io/proxy-runtime/assembly";

class SteeringRoot extends RootContext {
  /** The package's own reads the configuration with its size where the host expects a pointer, and traps. */
  onConfigure(_size: u32): bool {
    return true;
  }

  createContext(context_id: u32): Context {
    return new Steering(context_id, this);
  }
}

class Steering extends Context {
  constructor(context_id: u32, root_context: SteeringRoot) {
    super(context_id, root_context);
  }

  onRequestHeaders(_headers: u32, _endOfStream: bool): FilterHeadersStatusValues {
    const headers = stream_context.headers.request;
    headers.replace("x-subset", headers.get("end-user") == "jason" ? "v2" : "v1");
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((context_id: u32) => new SteeringRoot(context_id), "class-runtime");
