extension ReadyMapping {
  /// What is on hand, and what moves.
  static let warehouses = [
    ReadyMapping(
      name: "shopify-inventory", title: "Shopify: Inventory > Export, all states or on hand",
      json: """
        {
          "document": "stock-list",
          "columns": {
            "sku": ["SKU", "Title", "Handle"],
            "quantity": ["On hand (current)", "On hand", "Available"],
            "location": "Location"
          },
          "skip_quantities": ["not stocked", ""]
        }

        """),
    ReadyMapping(
      name: "magento-sources", title: "Magento (Adobe Commerce): System > Export > Stock Sources",
      json: """
        {
          "document": "stock-list",
          "columns": {
            "sku": "sku",
            "quantity": "quantity",
            "location": "source_code"
          }
        }

        """),
    ReadyMapping(
      name: "odoo-moves", title: "Odoo: Inventory > Moves History > Export",
      json: """
        {
          "columns": {
            "document": "Reference",
            "sku": ["Product/Internal Reference", "Product"],
            "quantity": ["Quantity", "Done", "Quantity Done"],
            "time": "Date",
            "from": "From",
            "to": "To"
          },
          "time_format": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
          "order": "any",
          "rows": [
            {"when": {"Status": ["cancelled", "draft", "waiting", "waiting another move", "available", "new",
              "partially available"]}, "then": "skip"},
            {"when": {"Status": "done", "From": "Partners/Vendors*"}, "then": "receive", "location": "To"},
            {"when": {"Status": "done", "To": "Partners/Vendors*"}, "then": "write-off", "location": "From"},
            {"when": {"Status": "done", "From": "Partners/Customers*"}, "then": "return", "location": "To"},
            {"when": {"Status": "done", "To": "Partners/Customers*"}, "then": "sale", "location": "From"},
            {"when": {"Status": "done", "From": "Virtual Locations/*"}, "then": "found", "location": "To"},
            {"when": {"Status": "done", "To": "Virtual Locations/*"}, "then": "write-off", "location": "From"},
            {"when": {"Status": "done"}, "then": "transfer"}
          ]
        }

        """),
    ReadyMapping(
      name: "erpnext-ledger", title: "ERPNext: Stock Ledger Entry > Export",
      json: """
        {
          "columns": {
            "document": ["Voucher No", "Voucher #"],
            "sku": ["Item Code", "Item"],
            "quantity": ["Qty Change", "Quantity", "Actual Quantity"],
            "time": ["Posting Date", "Date"],
            "time_of_day": ["Posting Time", "Time"],
            "location": "Warehouse",
            "reason": "Voucher Type"
          },
          "time_format": ["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S"],
          "order": "any",
          "rows": [
            {"when": {"Voucher Type": ["Purchase Receipt", "Purchase Invoice"]}, "positive": "receive", "negative": "write-off"},
            {"when": {"Voucher Type": ["Delivery Note", "Sales Invoice", "POS Invoice"]}, "positive": "return", "negative": "sale"},
            {"when": {"Voucher Type": "Stock Entry"}, "positive": "transfer-in", "negative": "transfer-out"},
            {"when": {"Voucher Type": "Stock Reconciliation"}, "then": "adjust"}
          ]
        }

        """),
  ]
}
