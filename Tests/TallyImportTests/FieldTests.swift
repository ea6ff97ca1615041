import TallyImport
import Tallystick
import Testing

/// What the files of real shops are like: each case once came out wrong, silently lossy or inexpressible.
@Suite("Imports from the field")
struct FieldTests {
  let log: ImportedLog

  init() throws { log = try ImportedLog() }

  /// A mapping of `order,sku,qty,date` with deliveries `PO…`, and more keys.
  private func mapping(_ keys: String = "", opening: Bool = true, columns: String = "") throws -> ImportMapping {
    let json = """
      {"columns":{"document":"order","sku":"sku","quantity":"qty","time":"date"\(columns)},
       \(keys.contains("time_format") ? "" : #""time_format":"%Y-%m-%d","#)
       \(keys.contains("rows") ? "" : #""documents":[{"prefix":"PO","positive":"receive","negative":"write-off"},{"positive":"order","negative":"return"}],"#)
       \(opening ? #""opening":{"quantity":100}"# : #""location":"main""#)\(keys.isEmpty ? "" : ",\(keys)")}
      """
    return try ImportMapping(json: Array(json.utf8))
  }

  private func rows(_ rows: String...) -> String { "order,sku,qty,date\n" + rows.joined(separator: "\n") + "\n" }

  private func onHand(_ sku: Name, _ location: Name = .main) throws -> Int64? {
    try log.stock()[ItemName(sku: sku, location: location)]?[0]
  }

  @Test("an order with a row that cannot be read is left out whole, and the corrected file brings it")
  func typoFixed() throws {
    let first = try log.run(
      csv: rows("SO-1,tea,2,2026-01-02", "SO-1,cup,1 pc,2026-01-02", "SO-2,tea,1,2026-01-03"), try mapping())
    #expect(first.malformed == 1 && first.skipped[.leftOut] == 1 && first.rowAnswers.accepted == 1)
    #expect(log.problems.contains { $0.contains("document SO-1 is left out whole") })
    let second = try log.run(
      csv: rows("SO-1,tea,2,2026-01-02", "SO-1,cup,1,2026-01-02", "SO-2,tea,1,2026-01-03"), try mapping())
    #expect(!second.hasRejections && second.rowAnswers.accepted == 2 && second.lateRows == 2)
    #expect(try onHand("tea") == 97)
    #expect(try onHand("cup") == 99)
  }

  @Test("a line that names no document leaves out those it may belong to")
  func unreadableLines() throws {
    let report = try log.run(
      csv: rows(
        "SO-1,tea,1,2026-01-02", "\"SO-1\"x,cup,1,2026-01-02", "SO-2,tea,1,2026-01-02", "SO-3,tea,1,2026-01-02",
        ",cup,1,2026-01-02", "SO-4,tea,1,2026-01-02"), try mapping())
    #expect(report.skipped == [.malformed: 2, .leftOut: 3])
    #expect(try onHand("tea") == 99)
  }

  @Test("a second delivery or loss under the same number is a second one, and the same file again changes nothing")
  func secondDelivery() throws {
    let files = [
      rows("PO-1,tea,10,2026-01-05", "PO-2,cup,5,2026-01-05"), rows("PO-1,tea,10,2026-01-06"),
      rows("PO-1,tea,-1,2026-01-07"), rows("PO-1,tea,-1,2026-01-08"),
    ]
    for file in files { #expect(!(try log.run(csv: file, try mapping(opening: false))).hasRejections) }
    #expect(try onHand("tea") == 18)
    for file in files {
      let again = try log.run(csv: file, try mapping(opening: false))
      #expect(again.rowAnswers.accepted == 0 && !again.hasRejections)
    }
    #expect(try onHand("tea") == 18)
  }

  @Test("two deliveries under one number on two days of one file are two, wherever they stand")
  func twoDaysInOneFile() throws {
    let file = rows("PO-1,tea,10,2026-01-05", "PO-2,tea,1,2026-01-05", "PO-1,tea,10,2026-01-06")
    #expect(try log.run(csv: file, try mapping(opening: false)).commands[.receive]?.accepted == 3)
    #expect(try onHand("tea") == 21)
    #expect(try log.run(csv: file, try mapping(opening: false)).commands[.receive]?.repeated == 3)
  }

  @Test("another quantity under the same number and time is a conflict that shows both")
  func changedDelivery() throws {
    _ = try log.run(csv: rows("PO-1,tea,10,2026-01-05"), try mapping(opening: false))
    let report = try log.run(csv: rows("PO-1,tea,11,2026-01-05"), try mapping(opening: false))
    #expect(report.commands[.receive]?.rejected == [.conflict: 1])
    #expect(log.problems.first?.contains("(log: tea 10; file: tea 11)") ?? false, "\(log.problems)")
  }

  @Test("a longer export later brings the opening stock of its new items only")
  func openingLater() throws {
    _ = try log.run(csv: rows("SO-1,tea,1,2026-01-02"), try mapping())
    let report = try log.run(csv: rows("SO-1,tea,1,2026-01-02", "SO-2,cup,2,2026-01-03"), try mapping())
    #expect(!report.hasRejections)
    #expect(try log.stock() == [ItemName(sku: "tea"): [99, 0], ItemName(sku: "cup"): [98, 0]])
  }

  @Test("an order that was edited is a conflict that shows both contents, and is never committed with the old one")
  func edited() throws {
    let holds = try mapping(#""rows":[{"then":"hold"}]"#)
    _ = try log.run(csv: rows("SO-1,tea,1,2026-01-02"), holds)
    let report = try log.run(csv: rows("SO-1,tea,2,2026-01-02"), try mapping())
    #expect(report.commands[.order]?.rejected == [.conflict: 1])
    #expect(log.problems.first?.contains("(log: tea 1; file: tea 2)") ?? false, "\(log.problems)")
    #expect(try log.stock()[ItemName(sku: "tea")] == [100, 1])
  }

  @Test("an edited hold is amended if the mapping says so, sold as amended, and the same file again changes nothing")
  func amended() throws {
    let holds = try mapping(#""edited":"amend","rows":[{"then":"hold"}]"#)
    _ = try log.run(csv: rows("SO-1,tea,1,2026-01-02", "SO-1,cup,1,2026-01-02", "SO-2,tea,1,2026-01-03"), holds)
    let edited = rows("SO-1,tea,2,2026-01-02", "SO-1,pot,3,2026-01-02", "SO-2,tea,1,2026-01-03")
    let report = try log.run(csv: edited, holds)
    #expect(report.commands[.amend]?.accepted == 1 && !report.hasRejections, "\(log.problems)")
    let expected: [ItemName: [Int64]] = [
      ItemName(sku: "tea"): [100, 3], ItemName(sku: "cup"): [100, 0], ItemName(sku: "pot"): [100, 3],
    ]
    #expect(try log.stock() == expected)
    let again = try log.run(csv: edited, holds)
    #expect(again.rowAnswers.repeated == 3 && again.rowAnswers.accepted == 0)
    #expect(try log.stock() == expected)
    let sold = try log.run(csv: edited, try mapping(#""edited":"report","rows":[{"then":"sale"}]"#))
    #expect(sold.commands[.commit]?.accepted == 2 && !sold.hasRejections)
    #expect(try log.stock()[ItemName(sku: "tea")] == [97, 0])
    let late = try log.run(csv: rows("SO-1,tea,1,2026-01-02"), holds)
    #expect(late.commands[.order]?.rejected == [.conflict: 1])
    #expect(log.problems.first?.contains("log: pot 3, tea 2; file: pot none, tea 1") ?? false, "\(log.problems)")
  }

  @Test("a sold order that was edited sells what is more and takes back what is less, and the same file again nothing")
  func editedAfterSale() throws {
    let sales = try mapping(#""edited":"amend","rows":[{"then":"sale"}]"#)
    _ = try log.run(csv: rows("SO-1,tea,2,2026-01-02", "SO-1,cup,1,2026-01-02", "SO-2,tea,1,2026-01-03"), sales)
    let edited = rows("SO-1,tea,3,2026-01-02", "SO-1,pot,1,2026-01-02", "SO-2,tea,1,2026-01-03")
    for isFirst in [true, false] {
      let report = try log.run(csv: edited, sales)
      #expect(report.commands[.amend]?.accepted == (isFirst ? 1 : nil) && !report.hasRejections, "\(log.problems)")
      #expect(report.rowAnswers.repeated == (isFirst ? 1 : 3))
      let expected: [ItemName: [Int64]] = [
        ItemName(sku: "tea"): [96, 0], ItemName(sku: "cup"): [100, 0], ItemName(sku: "pot"): [99, 0],
      ]
      #expect(try log.stock() == expected)
    }
    // Less than at first, of what the edit sold as well; and then as at first.
    _ = try log.run(csv: rows("SO-1,tea,1,2026-01-02", "SO-2,tea,1,2026-01-03"), sales)
    #expect(
      try log.stock() == [
        ItemName(sku: "tea"): [98, 0], ItemName(sku: "cup"): [100, 0], ItemName(sku: "pot"): [100, 0],
      ])
    let first = rows("SO-1,tea,2,2026-01-02", "SO-1,cup,1,2026-01-02", "SO-2,tea,1,2026-01-03")
    for count in [3, 3] {
      let report = try log.run(csv: first, sales)
      #expect(report.rows == count && !report.hasRejections, "\(log.problems)")
      #expect(
        try log.stock() == [
          ItemName(sku: "tea"): [97, 0], ItemName(sku: "cup"): [99, 0], ItemName(sku: "pot"): [100, 0],
        ])
    }
    #expect(try log.eventCounts()[.returnedOf] == 3)
  }

  @Test("a sold order that was edited is reported where it is not for an import to say what is right")
  func notEditedAfterSale() throws {
    let sales = try mapping(#""edited":"amend","rows":[{"then":"sale"}]"#)
    _ = try log.run(csv: rows("SO-1,tea,2,2026-01-02", "SO-2,tea,2,2026-01-02"), sales)
    // Goods came back by hand: does the file know of it?
    try log.append(Command(.returnedOf(order: "SO-1", [Line(sku: "tea", 1)])))
    let report = try log.run(csv: rows("SO-1,tea,4,2026-01-02", "SO-2,tea,900,2026-01-02"), sales)
    #expect(report.commands[.order]?.rejected == [.conflict: 1])
    #expect(report.commands[.amend]?.rejected == [.insufficient: 1])
    let held = try log.run(
      csv: rows("SO-2,tea,1,2026-01-02"), try mapping(#""edited":"amend","rows":[{"then":"hold"}]"#))
    #expect(held.commands[.order]?.rejected == [.conflict: 1])
    #expect(try log.stock()[ItemName(sku: "tea")] == [97, 0])
  }

  @Test("a column says what a row means: paid is sold, pending held, cancelled not imported; others are told")
  func statuses() throws {
    let keys = """
      "rows":[{"when":{"status":["paid","completed"]},"then":"sale"},{"when":{"status":"PENDING"},"then":"hold"},
              {"when":{"status":"cancel*"},"then":"cancel"}]
      """
    func file(_ rows: String...) -> String { "order,sku,qty,date,status\n" + rows.joined(separator: "\n") + "\n" }
    let first = try log.run(
      csv: file(
        "SO-1,tea,2,2026-01-02,paid", "SO-2,tea,3,2026-01-02,cancelled", "SO-3,tea,1,2026-01-02,pending",
        "SO-4,tea,1,2026-01-02,lost"), try mapping(keys))
    #expect(try log.stock()[ItemName(sku: "tea")] == [98, 1])
    #expect(first.skipped == [.malformed: 1, .nothingToCancel: 1])
    #expect(log.problems == ["line 5: \"status\" is \"lost\", of which the mapping's \"rows\" say nothing"])

    // The next day's export: one was paid, and one called off after it was sold.
    let second = file("SO-1,tea,2,2026-01-02,cancelled", "SO-3,tea,1,2026-01-02,paid", "SO-5,tea,1,2026-01-04,pending")
    #expect(!(try log.run(csv: second, try mapping(keys))).hasRejections)
    #expect(try log.stock()[ItemName(sku: "tea")] == [99, 1])
    let third = file("SO-1,tea,2,2026-01-02,cancelled", "SO-5,tea,1,2026-01-04,cancelled")
    #expect(!(try log.run(csv: third, try mapping(keys))).hasRejections)
    #expect(try log.stock()[ItemName(sku: "tea")] == [99, 0])
    let again = try log.run(csv: third, try mapping(keys))
    #expect(again.rowAnswers.repeated == 2 && again.rowAnswers.accepted == 0)
    #expect(try log.stock()[ItemName(sku: "tea")] == [99, 0])
  }

  private static let types = """
    {"columns":{"document":"txn","sku":"sku","quantity":"qty","time":"date","location":"wh","reason":"ref"},
     "time_format":"%Y-%m-%d","rows":[
       {"when":{"type":"RECEIPT"},"then":"receive"},{"when":{"type":"SALE"},"then":"sale"},
       {"when":{"type":"RETURN"},"then":"return"},{"when":{"type":"ADJUSTMENT"},"then":"adjust"},
       {"when":{"type":"TRANSFER_OUT"},"then":"transfer-out","document":"ref"},
       {"when":{"type":"TRANSFER_IN"},"then":"transfer-in","document":"ref"}]}
    """

  @Test("types of movements: halves of a transfer are brought together, and a loss has its own reason")
  func types() throws {
    let mapping = try ImportMapping(json: Array(FieldTests.types.utf8))
    let file = """
      txn,type,wh,sku,qty,ref,date
      T-1,RECEIPT,A,tea,10,PO-1,2026-01-02
      T-2,TRANSFER_OUT,A,tea,-4,TRF-1,2026-01-03
      T-3,TRANSFER_IN,B,tea,4,TRF-1,2026-01-03
      T-4,ADJUSTMENT,A,tea,-1,SHRINKAGE,2026-01-04
      T-5,SALE,A,tea,2,ORD-9,2026-01-05
      T-6,RETURN,A,tea,1,RET-1,2026-01-06

      """
    let report = try log.run(csv: file, mapping)
    #expect(report.rowAnswers.accepted == 6 && report.commands[.transfer]?.accepted == 1)
    #expect(try onHand("tea", "A") == 4)
    #expect(try onHand("tea", "B") == 4)
    var reasons = [Name?]()
    try LogReader(log.path).events(EventFilter()) { event in
      if event.kind == .adjusted { reasons.append(event.reason) }
      return true
    }
    #expect(reasons == ["SHRINKAGE"])
    #expect(try log.run(csv: file, mapping).rowAnswers.repeated == 6)
  }

  @Test("half a transfer is told, and nothing of it moves")
  func halfTransfer() throws {
    let mapping = try ImportMapping(json: Array(FieldTests.types.utf8))
    let report = try log.run(
      csv: """
        txn,type,wh,sku,qty,ref,date
        T-1,RECEIPT,A,tea,10,PO-1,2026-01-02
        T-2,TRANSFER_OUT,A,tea,-4,TRF-1,2026-01-03
        T-3,TRANSFER_IN,B,tea,3,TRF-1,2026-01-03

        """, mapping)
    #expect(report.rowAnswers.invalid == 2)
    #expect(log.problems == ["line 3: document TRF-1 has 4 of tea leaving and 3 arriving; the other half is missing"])
    #expect(try onHand("tea", "A") == 10)
  }

  @Test("transfers with both places in the row")
  func wholeTransfers() throws {
    let mapping = try mapping(
      #""rows":[{"prefix":"T","then":"transfer"},{"then":"receive"}]"#, opening: false,
      columns: #","from":"from","to":"to""#)
    let file =
      "order,sku,qty,date,from,to\nPO,tea,9,2026-01-02,,\nT1,tea,2,2026-01-03,main,B\nT1,tea,1,2026-01-03,main,C\n"
    _ = try log.run(csv: file, mapping)
    #expect(try onHand("tea") == 6)
    #expect(try onHand("tea", "B") == 2)
    #expect(try onHand("tea", "C") == 1)
  }

  @Test("files in any order of time are sorted: every order has its own date", arguments: ["newest-first", "any"])
  func newestFirst(order: String) throws {
    let report = try log.run(
      csv: rows("SO-3,tea,1,2026-01-04", "SO-2,tea,1,2026-01-03", "SO-1,tea,1,2026-01-02"),
      try mapping("\"order\":\"\(order)\""))
    #expect(report.rowAnswers.accepted == 3 && report.lateRows == 0)
    let reader = try LogReader(log.path)
    #expect(try reader.show("SO-2")?.time == 1_767_398_400_000)
    #expect(try reader.stock(at: .time(1_767_398_400_000)).levels.map(\.onHand) == [98])
  }

  @Test("whole numbers written with decimals, decimal commas and separated thousands")
  func numbers() throws {
    _ = try log.run(
      csv: rows("SO-1,tea,1.0,2026-01-02", "SO-2,tea,2.0000,2026-01-02", "SO-3,tea,-1.0,2026-01-03"), try mapping())
    #expect(try onHand("tea") == 98)
    let report = try log.run(
      csv: rows("PO-4,cup,\"1.234,00\",2026-01-04", "PO-5,cup,\"2,5\",2026-01-04"),
      try mapping(#""decimal":",","thousands":".""#, opening: false))
    #expect(try onHand("cup") == 1234)
    #expect(report.malformed == 1)
  }

  @Test("blanks around codes and numbers are left out, and told once")
  func blanks() throws {
    let report = try log.run(
      csv: rows("SO-1,tea,1,2026-01-02", "SO-2,tea , 1,2026-01-02", "SO-3,\u{A0}tea,1,2026-01-02"), try mapping())
    #expect(report.trimmedFields == 3)
    #expect(try log.stock() == [ItemName(sku: "tea"): [97, 0]])
  }

  @Test("a code from another column where the first is empty, and long names by their beginning and a digest")
  func noCode() throws {
    let long = "Fitted bed pad with handles for patient transfer 90 x 120 cm washable (blue)"
    let json = """
      {"columns":{"document":"order","sku":["sku","name"],"quantity":"qty","time":"date"},"time_format":"%Y-%m-%d",
       "documents":[{"positive":"order"}],"opening":{"quantity":10}}
      """
    let file =
      "order,name,sku,qty,date\nSO-1,\(long),,1,2026-01-02\nSO-2,Mug,MUG-1,1,2026-01-02\nSO-3,\(long),,1,2026-01-02\n"
    let report = try log.run(csv: file, try ImportMapping(json: Array(json.utf8)))
    #expect(report.rowAnswers.accepted == 3 && report.shortenedNames == 2)
    #expect(
      try log.stock().keys.map(\.sku).sorted() == [
        Name("Fitted bed pad with handles for patient transfe~7988620387bf2867"), "MUG-1",
      ])
  }

  @Test("dates of Etsy, eBay, Square and Stripe; offsets and zones, also where clocks go back")
  func dates() throws {
    let keys = #""time_format":["%m/%d/%y","%b-%d-%y","%s","%d.%m.%y %I:%M %p","%Y-%m-%d %H:%M:%S %z"]"#
    _ = try log.run(
      csv: rows(
        "SO-1,tea,1,7/25/26", "SO-2,tea,1,Jul-25-26", "SO-3,tea,1,1785000000", "SO-4,tea,1,25.07.26 6:05 PM",
        "SO-5,tea,1,2026-07-25 23:30:00 +0200"), try mapping(keys), clock: { 1_800_000_000_000 })
    let reader = try LogReader(log.path)
    let times = try ["SO-1", "SO-2", "SO-3", "SO-4", "SO-5"].map { try reader.show(Name($0))?.time }
    #expect(times == [1_784_937_600_000, 1_784_937_600_000, 1_785_000_000_000, 1_785_002_700_000, 1_785_015_000_000])
  }

  @Test("a zone's clocks go back: the second hour is later than the first")
  func zone() throws {
    let keys = #""time_format":"%Y-%m-%d %H:%M","zone":"Europe/Berlin""#
    let report = try log.run(
      csv: rows(
        "SO-1,tea,1,2025-10-25 23:30", "SO-2,tea,1,2025-10-26 02:50", "SO-3,tea,1,2025-10-26 02:05",
        "SO-4,tea,1,2025-10-26 03:05"), try mapping(keys))
    #expect(!report.hasRejections)
    let reader = try LogReader(log.path)
    let times = try ["SO-1", "SO-2", "SO-3", "SO-4"].map { try reader.show(Name($0))?.time }
    #expect(times == [1_761_427_800_000, 1_761_439_800_000, 1_761_440_700_000, 1_761_444_300_000])
  }

  @Test("date and time in two columns")
  func twoColumns() throws {
    _ = try log.run(
      csv: "order,sku,qty,date,clock\nSO-1,tea,1,7/25/25,2:05 PM\n",
      try mapping(#""time_format":"%m/%d/%y %I:%M %p""#, columns: #","time_of_day":"clock""#))
    #expect(try LogReader(log.path).show("SO-1")?.time == 1_753_452_300_000)
  }

  @Test("order fields that stand on a document's first row only are taken over from it")
  func fill() throws {
    let keys =
      #""fill":"down","rows":[{"when":{"status":"paid"},"then":"sale"},{"when":{"status":"open"},"then":"hold"}]"#
    let file = """
      order,sku,qty,date,status
      SO-1,tea,1,2026-01-02,paid
      SO-1,cup,2,,
      SO-2,tea,3,2026-01-02,open
      ,cup,4,,

      """
    let report = try log.run(csv: file, try mapping(keys))
    #expect(report.rowAnswers.accepted == 4)
    #expect(try log.stock() == [ItemName(sku: "tea"): [99, 3], ItemName(sku: "cup"): [98, 4]])
  }

  @Test("lines before the header, total rows, and files without a header")
  func headers() throws {
    let text = "Export of 2026-01-31\n\norder,sku,qty,date\nSO-1,tea,1,2026-01-02\nTotal,,1,\n"
    _ = try log.run(csv: text, try mapping(#""skip_lines":2,"skip":[{"order":"Total*"}]"#))
    #expect(log.problems.isEmpty)
    #expect(try onHand("tea") == 99)
    _ = try log.run(csv: "SO-2,tea,1,2026-01-03\n", try mapping(#""header":["order","sku","qty","date"]"#))
    #expect(try onHand("tea") == 98)
  }

  @Test("a file with another separator says which")
  func separator() throws {
    let error = #expect(throws: ImportError.self) {
      try log.run(csv: "order;sku;qty;date\nSO-1;tea;1;2026-01-02\n", try mapping())
    }
    #expect(error?.description.contains("separated by ';': say \"separator\": \";\"") ?? false)
  }

  @Test("bytes that no mapped column needs are no error; other encodings when told, or by their mark")
  func encodings() throws {
    var bytes = Array("order,sku,qty,date,note\nSO-1,tea,1,2026-01-02,".utf8) + [0xE9, 0x0A]
    let plain = try log.run(try log.scratch.file("latin.csv", bytes), try mapping())
    #expect(plain.malformed == 0 && plain.rowAnswers.accepted == 1)
    bytes = Array("order,sku,qty,date\nSO-2,Th".utf8) + [0xE9, 0x80] + Array(",1,2026-01-03\n".utf8)
    _ = try log.run(try log.scratch.file("windows.csv", bytes), try mapping(#""encoding":"WINDOWS-1252""#))
    #expect(try onHand("Thé€") == 99)
    let wide: [UInt8] =
      [0xFF, 0xFE] + rows("SO-3,Thé,1,2026-01-04").utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    _ = try log.run(try log.scratch.file("wide.csv", wide), try mapping())
    #expect(try onHand("Thé") == 99)
    #expect(throws: ImportError.self) { try mapping(#""encoding":"no-such""#) }
  }

  @Test("a workbook, an archive and a cut gzip file are named, with what to do")
  func otherFiles() throws {
    let cases: [([UInt8], String)] = [
      (Array("PK\u{3}\u{4}....".utf8), ".xlsx"), ([0xD0, 0xCF, 0x11, 0xE0, 0, 0], ".xls workbook"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd -d"), (Array("%PDF-1.7".utf8), "PDF"), ([0x1F, 0x8B, 8, 0, 0, 0], "cut off"),
    ]
    for (bytes, text) in cases {
      let error = #expect(throws: ImportError.self) { try log.run(try log.scratch.file("other", bytes), try mapping()) }
      #expect(error?.description.contains(text) ?? false, "\(String(describing: error))")
    }
  }

  @Test("a gzip file is unpacked while it is read")
  func gzip() throws {
    // `printf 'order,sku,qty,date\nSO-1,tea,3,2026-01-02\n' | gzip -n9`
    let packed: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x2F, 0x4A, 0x49, 0x2D, 0xD2, 0x29, 0xCE, 0x2E,
      0xD5, 0x29, 0x2C, 0xA9, 0xD4, 0x49, 0x49, 0x2C, 0x49, 0xE5, 0x0A, 0xF6, 0xD7, 0x35, 0xD4, 0x29, 0x49, 0x4D, 0xD4,
      0x31, 0xD6, 0x31, 0x32, 0x30, 0x32, 0xD3, 0x35, 0x30, 0xD4, 0x35, 0x30, 0xE2, 0x02, 0x00, 0xFB, 0x26, 0xCF, 0x5F,
      0x29,
      0x00, 0x00, 0x00,
    ]
    // Two members one after the other are one file: its order has the row twice; the second header cannot be read.
    let report = try log.run(try log.scratch.file("orders.csv.gz", packed + packed), try mapping())
    #expect(report.rows == 3 && report.malformed == 1)
    #expect(try onHand("tea") == 94)
  }
}
