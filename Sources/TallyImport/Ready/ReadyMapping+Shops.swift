extension ReadyMapping {
  /// Orders of shops. What was cancelled is given back; what waits for its money is held.
  static let shops = [
    ReadyMapping(
      name: "shopify-orders", title: "Shopify: Orders > Export (plain CSV)",
      json: """
        {
          "columns": {
            "document": "Name",
            "sku": ["Lineitem sku", "Lineitem name"],
            "quantity": "Lineitem quantity",
            "time": "Created at",
            "customer": "Email"
          },
          "time_format": "%Y-%m-%d %H:%M:%S %z",
          "fill": "down",
          "order": "newest-first",
          "rows": [
            {"when": {"Cancelled at": "*"}, "then": "cancel"},
            {"when": {"Financial Status": ["voided", "expired"]}, "then": "cancel"},
            {"when": {"Financial Status": ["pending", "authorized", "partially_paid"]}, "then": "hold"},
            {"when": {"Financial Status": ["paid", "partially_refunded", "refunded"]}, "then": "sale"}
          ]
        }

        """),
    ReadyMapping(
      name: "woocommerce-orders", title: "WooCommerce: Advanced Order Export, a line an item",
      json: """
        {
          "columns": {
            "document": ["Order Number", "Order ID"],
            "sku": ["SKU", "Item Name"],
            "quantity": ["Quantity (- Refund)", "Quantity"],
            "time": "Order Date"
          },
          "time_format": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
          "fill": "down",
          "order": "any",
          "rows": [
            {"when": {"Order Status": ["completed", "processing", "refunded", "wc-completed", "wc-processing", "wc-refunded"]},
             "then": "sale"},
            {"when": {"Order Status": ["on hold", "on-hold", "pending payment", "pending", "wc-on-hold", "wc-pending"]},
             "then": "hold"},
            {"when": {"Order Status": ["cancelled", "failed", "wc-cancelled", "wc-failed", "checkout-draft", "draft"]},
             "then": "cancel"}
          ]
        }

        """),
    ReadyMapping(
      name: "etsy-items", title: "Etsy: Shop Manager > Settings > Download Data > Order Items",
      json: """
        {
          "columns": {
            "document": "Order ID",
            "sku": ["SKU", "Item Name"],
            "quantity": "Quantity",
            "time": "Sale Date",
            "customer": "Buyer"
          },
          "time_format": ["%m/%d/%y", "%m/%d/%Y"],
          "order": "newest-first",
          "rows": [{"then": "sale"}]
        }

        """),
    ReadyMapping(
      name: "amazon-orders", title: "Amazon: All Orders report; what Amazon ships itself is left out",
      json: """
        {
          "columns": {
            "document": "amazon-order-id",
            "sku": "sku",
            "quantity": "quantity",
            "time": "purchase-date"
          },
          "separator": "\\t",
          "time_format": "iso8601",
          "order": "any",
          "rows": [
            {"when": {"fulfillment-channel": "Amazon"}, "then": "skip"},
            {"when": {"order-status": ["cancelled", "canceled"]}, "then": "cancel"},
            {"when": {"item-status": ["cancelled", "canceled"]}, "then": "cancel"},
            {"when": {"order-status": ["pending", "unshipped", "partiallyshipped"]}, "then": "hold"},
            {"when": {"order-status": "shipped*"}, "then": "sale"}
          ]
        }

        """),
    ReadyMapping(
      name: "square-items", title: "Square: Transactions > Export > Items Detail CSV (times as UTC: add \"zone\")",
      json: """
        {
          "columns": {
            "document": "Transaction ID",
            "sku": ["SKU", "Item"],
            "quantity": "Qty",
            "time": "Date",
            "time_of_day": "Time",
            "customer": "Customer ID",
            "location": "Location"
          },
          "time_format": ["%Y-%m-%d %H:%M:%S", "%m/%d/%y %H:%M:%S", "%m/%d/%y %I:%M %p", "%m/%d/%Y %I:%M:%S %p"],
          "order": "any",
          "rows": [
            {"when": {"Event Type": "Payment"}, "positive": "sale", "negative": "return"},
            {"when": {"Event Type": "Refund"}, "negative": "return"}
          ]
        }

        """),
    ReadyMapping(
      name: "pretix-orders", title: "pretix: order data, the sheet of positions as CSV; a row is a ticket",
      json: """
        {
          "columns": {
            "document": "Order code",
            "sku": "Product",
            "time": "Order date",
            "time_of_day": "Order time",
            "customer": ["Email", "E-mail"]
          },
          "quantity": 1,
          "time_format": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
          "order": "any",
          "rows": [
            {"when": {"Status": "paid"}, "then": "sale"},
            {"when": {"Status": "pending"}, "then": "hold"},
            {"when": {"Status": ["expired", "canceled", "cancelled", "canceled (paid fee)"]}, "then": "cancel"}
          ]
        }

        """),
  ]
}
