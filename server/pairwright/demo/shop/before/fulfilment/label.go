package fulfilment

import "fmt"

// Label is what is printed on a parcel.
func Label(sku string, quantity int) string {
	return fmt.Sprintf("%s (%d g)", sku, Weight(sku, quantity))
}
