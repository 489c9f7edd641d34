// What a view is. The list of them is in registry.ts.
import type { ComponentType } from "preact";
import type { IconName } from "@/ui/icons";

export interface View {
  /** Its place in the address, `#/id`. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  readonly Screen: ComponentType;
}
