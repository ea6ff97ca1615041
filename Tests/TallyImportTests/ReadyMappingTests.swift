import TallyImport
import Tallystick
import Testing

/// Small files of our own making, with the columns that these exports have.
@Suite("Ready mappings")
struct ReadyMappingTests {
  let log: ImportedLog

  init() throws { log = try ImportedLog() }

  @discardableResult
  private func run(_ name: String, _ text: String, stock: [ItemName] = []) throws -> ImportReport {
    if !stock.isEmpty { try log.append(Command(.receive(stock.map { Line($0, 100) }), time: 1_700_000_000_000)) }
    let path = try log.scratch.file("export.csv", text.utf8)
    let proposal = try MappingProposal(path)
    #expect(proposal.notes.contains { $0.hasSuffix("--map \(name)") }, "proposed: \(proposal.notes)")
    let report = try log.run(path, try #require(ReadyMapping.named(name)).mapping())
    #expect(report.isComplete)
    return report
  }

  private func levels(_ sku: Name, _ location: Name = .main) throws -> [Int64]? {
    try log.stock()[ItemName(sku: sku, location: location)]
  }

  @Test("all are mappings, and each has a name of its own")
  func all() throws {
    #expect(Set(ReadyMapping.all.map(\.name)).count == ReadyMapping.all.count)
    for ready in ReadyMapping.all { _ = try ready.mapping() }
  }

  @Test("Shopify orders: newest first, fields on the first line only")
  func shopifyOrders() throws {
    let report = try run(
      "shopify-orders",
      """
      Name,Email,Financial Status,Paid at,Fulfillment Status,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Cancelled at,Payment Method
      #1003,c@x.test,pending,,unfulfilled,2026-01-04 09:00:00 +0100,4,Cup,cup,,manual
      #1002,b@x.test,paid,2026-01-03,unfulfilled,2026-01-03 09:00:00 +0100,9,Tea,tea,2026-01-03 10:00:00 +0100,card
      #1001,a@x.test,paid,2026-01-02,fulfilled,2026-01-02 09:00:00 +0100,1,Tea,tea,,card
      #1001,a@x.test,,,,,2,Cup,cup,,

      """, stock: ["tea", "cup"].map { ItemName(sku: $0) })
    #expect(report.rowAnswers.accepted == 3 && report.skipped == [.nothingToCancel: 1])
    #expect(try levels("tea") == [99, 0])
    #expect(try levels("cup") == [98, 4])
    #expect(try LogReader(log.path).show("#1001")?.time == 1_767_340_800_000)
  }

  @Test("WooCommerce orders")
  func wooCommerce() throws {
    try run(
      "woocommerce-orders",
      """
      Order Number,Order Status,Order Date,Item #,SKU,Item Name,Quantity (- Refund),Item Cost
      11,Completed,2026-01-02 09:00,1,tea,Tea,2,5
      11,Completed,2026-01-02 09:00,2,,Cup,1,5
      12,On hold,2026-01-02 10:00,1,tea,Tea,3,5
      13,Cancelled,2026-01-02 11:00,1,tea,Tea,4,5

      """, stock: ["tea", "Cup"].map { ItemName(sku: $0) })
    #expect(try levels("tea") == [98, 3])
    #expect(try levels("Cup") == [99, 0])
  }

  @Test("Etsy order items")
  func etsy() throws {
    try run(
      "etsy-items",
      """
      Sale Date,Item Name,Buyer,Quantity,Price,Order ID,SKU
      01/03/26,Tea,ann,2,5.00,902,tea
      01/02/26,Tea,bob,1,5.00,901,tea

      """, stock: [ItemName(sku: "tea")])
    #expect(try levels("tea") == [97, 0])
    #expect(try LogReader(log.path).show("902")?.customer == "ann")
  }

  @Test("Amazon orders: what Amazon ships is not of this stock")
  func amazon() throws {
    try run(
      "amazon-orders",
      """
      amazon-order-id|purchase-date|order-status|fulfillment-channel|sku|item-status|quantity
      1-1|2026-01-02T09:00:00+00:00|Shipped - Delivered to Buyer|Merchant|tea|Shipped|2
      1-2|2026-01-01T09:00:00+00:00|Pending|Merchant|tea||3
      1-3|2026-01-02T09:00:00+00:00|Shipped|Amazon|tea|Shipped|50
      1-4|2026-01-02T09:00:00+00:00|Cancelled|Merchant|tea|Cancelled|0

      """.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\t"), stock: [ItemName(sku: "tea")]
    )
    #expect(try levels("tea") == [98, 3])
  }

  @Test("Square items: quantities with decimals, refunds are negative")
  func square() throws {
    let shop = ItemName(sku: "tea", location: "Shop")
    try run(
      "square-items",
      """
      Date,Time,Time Zone,Category,Item,Qty,SKU,Gross Sales,Transaction ID,Event Type,Location,Customer ID
      2026-01-03,10:00:00,UTC,Drinks,Tea,-1.0,tea,-5,T2,Refund,Shop,
      2026-01-02,10:00:00,UTC,Drinks,Tea,3.0,tea,15,T1,Payment,Shop,ann

      """, stock: [shop])
    #expect(try log.stock()[shop] == [98, 0])
  }

  @Test("pretix: a row is a ticket")
  func pretix() throws {
    try run(
      "pretix-orders",
      """
      Order code,Position ID,Status,Email,Order date,Order time,Product,Price
      AB1,1,paid,a@x.test,2026-01-02,10:00:00,Adult,10
      AB1,2,paid,a@x.test,2026-01-02,10:00:00,Adult,10
      AB1,3,paid,a@x.test,2026-01-02,10:00:00,Child,5
      AB2,1,pending,b@x.test,2026-01-02,11:00:00,Adult,10
      AB3,1,canceled,c@x.test,2026-01-02,12:00:00,Adult,10

      """, stock: ["Adult", "Child"].map { ItemName(sku: $0) })
    #expect(try levels("Adult") == [98, 1])
    #expect(try levels("Child") == [99, 0])
  }

  @Test("Shopify inventory and Magento sources are lists")
  func lists() throws {
    try run(
      "shopify-inventory",
      """
      Handle,Title,Option1 Name,SKU,Location,Incoming,Unavailable,Committed,Available,On hand
      tea,Tea,Title,tea,Shop,0,0,0,8,8
      tea,Tea,Title,tea,Store,0,0,0,not stocked,not stocked
      cup,Cup,Title,,Shop,0,0,0,0,0

      """)
    #expect(try levels("tea", "Shop") == [8, 0])
    #expect(try levels("tea", "Store") == nil)
    #expect(try levels("Cup", "Shop") == [0, 0])
    try run("magento-sources", "source_code,sku,status,quantity\nShop,tea,1,6.0000\n")
    #expect(try levels("tea", "Shop") == [6, 0])
  }

  @Test("Odoo moves: partners and virtual locations say what a move is")
  func odoo() throws {
    let report = try run(
      "odoo-moves",
      """
      Date,Reference,Product/Internal Reference,From,To,Quantity,Status
      2026-01-02 08:00:00,WH/IN/1,tea,Partners/Vendors,WH/Stock,10.0,Done
      2026-01-03 08:00:00,WH/INT/1,tea,WH/Stock,WH/Shop,4.0,Done
      2026-01-04 08:00:00,WH/OUT/1,tea,WH/Shop,Partners/Customers,2.0,Done
      2026-01-05 08:00:00,WH/RET/1,tea,Partners/Customers,WH/Stock,1.0,Done
      2026-01-06 08:00:00,Scrap/1,tea,WH/Stock,Virtual Locations/Scrap,3.0,Done
      2026-01-07 08:00:00,WH/OUT/2,tea,WH/Shop,Partners/Customers,2.0,Draft

      """)
    #expect(report.rowAnswers.accepted == 5)
    #expect(try levels("tea", "WH/Stock") == [4, 0])
    #expect(try levels("tea", "WH/Shop") == [2, 0])
  }

  @Test("ERPNext's ledger")
  func erpNext() throws {
    let report = try run(
      "erpnext-ledger",
      """
      ID,Item Code,Warehouse,Posting Date,Posting Time,Voucher Type,Voucher No,Qty Change
      1,tea,Stores,2026-01-02,08:00:00.000000,Purchase Receipt,PR-1,10.0
      2,tea,Stores,2026-01-03,08:00:00.000000,Stock Entry,SE-1,-4.0
      3,tea,Shop,2026-01-03,08:00:00.000000,Stock Entry,SE-1,4.0
      4,tea,Shop,2026-01-04,08:00:00.123456,Delivery Note,DN-1,-2.0
      5,tea,Stores,2026-01-05,08:00:00.000000,Stock Reconciliation,SR-1,-1.0

      """)
    #expect(report.rowAnswers.accepted == 5)
    #expect(try levels("tea", "Stores") == [5, 0])
    #expect(try levels("tea", "Shop") == [2, 0])
  }
}
