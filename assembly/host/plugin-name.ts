import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { propertyLength, propertyStart, readProperty } from "./properties";
import { Status } from "./status";

/** The plugin's name, which in Istio is the WasmPlugin's; empty where the host does not tell it. Copied into `region`. */
export function pluginName(region: Region): Text {
  return readProperty(utf8("plugin_name")) == Status.OK ? Text.copy(region, propertyStart, propertyLength) : utf8("");
}
