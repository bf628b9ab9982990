import { formatPrice } from "./money";

export interface Line {
  sku: string;
  cents: number;
}

export function renderBasket(lines: Line[]): string {
  return lines.map((line) => `${line.sku}: ${formatPrice(line.cents, "EUR")}`).join("\n");
}
