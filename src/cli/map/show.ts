/** `map show [MAP]` */
import { mapView } from "../../model/views.ts";
import { mapJson, mapPlain } from "../../render/map/show.ts";
import { mapSelector } from "../selectors.ts";
import { showCommand } from "../show.ts";

export const mapShow = showCommand({
  select(words) {
    const selector = mapSelector(words);
    return (registry) => registry.findMaps(selector);
  },
  all: (registry) => registry.maps(),
  views: (registry, maps, options) => maps.map((map) => mapView(registry, map, options)),
  plain: mapPlain,
  json: mapJson,
});
