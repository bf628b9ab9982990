module example.com/shop/fulfilment

go 1.22
