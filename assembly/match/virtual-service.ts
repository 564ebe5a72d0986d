import { Text } from "../text/text";
import { OrderedIndex } from "./ordered-index";

/** One VirtualService: its routes, indexed. */
@unmanaged
export class VirtualService {
  /** Empty where it has none. */
  name: Text;
  /** The rules' outcomes are `HttpRoute`s. */
  routes: OrderedIndex;
}

/** One entry of a VirtualService's `http`: what every filter's routes have. A filter's own extends it. */
@unmanaged
export class HttpRoute {
  service: VirtualService;
  /** Empty where the route has none. */
  name: Text;
  /** The route's place in `http`. */
  position: u32;
}
