import TallyFormat
import TallyImport
import TallyJSON
import Tallystick

/// Hostile text: commands, CSV files, mappings, times.
enum TextTargets {
  static func command(_ bytes: [UInt8]) -> String? {
    _ = try? CommandParser.parse(bytes)
    return nil
  }

  static func csv(_ bytes: [UInt8]) -> String? {
    guard let mapping else { return "the fuzzer's own mapping is none" }
    let files = MemoryFiles()
    files.put("/in/orders.csv", bytes)
    var sequence: UInt64 = 0
    var units = 0
    func clock() -> Int64 { 1_800_000_000_000 }
    let target = ImportTarget(lastTime: 0, lastSequence: 0, clock: clock) { commands in
      commands.map { command in
        units += 1
        sequence += 1
        return .accepted(Acceptance(sequence: sequence))
      }
    }
    _ = try? CSVImport("/in/orders.csv", mapping: mapping, files: files).run(into: target)
    return nil
  }

  private static let mapping = try? ImportMapping(json: Array(mappingSeed.utf8))

  static func mapping(_ bytes: [UInt8]) -> String? {
    _ = try? ImportMapping(json: bytes)
    return nil
  }

  static func time(_ bytes: [UInt8]) -> String? {
    let parts = bytes.split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
    guard let pattern = try? TimePattern(String(decoding: parts[0], as: UTF8.self)) else { return nil }
    let time = parts.count > 1 ? pattern.parse(parts[1]) : nil
    if let time, !(0...Limits.maxQuantity).contains(time) { return "a time of \(time)" }
    return nil
  }

  static let commandSeeds = [
    #"{"op":"receive","lines":[{"sku":"tea","qty":100}],"ref":"PO-7"}"#,
    #"{"op":"reserve","id":"order-1","lines":[{"sku":"tea","qty":2},{"sku":"cup","location":"berlin","qty":1}],"customer":"c-9","ttl_ms":900000}"#,
    #"{"op":"commit","id":"order-1","time_ms":1767225600000,"expect_seq":4,"key":"k-1"}"#,
    #"{"op":"release","id":"order-1","lines":[{"sku":"t\u00e9a\ud83d\ude00","qty":1}]}"#,
    #"{"op":"adjust","sku":"tea","to":90,"reason":"count","release":"newest"}"#,
    #"{"op":"adjust","sku":"tea","by":-9007199254740991,"reason":"count"}"#,
    #"{"op":"transfer","sku":"tea","qty":5,"from":"main","to":"berlin"}"#,
    #"{"op":"limit","sku":"tea","location":"berlin","qty":null}"#,
    #"{"op":"batch","commands":[{"op":"commit","id":"order-1"},{"op":"return","lines":[{"sku":"tea","qty":1}]}],"key":"b"}"#,
  ]

  static let csvSeed = #"""
    Invoice,Code,Quantity,Date,Customer,Place\#r
    536365,tea,6,2010-12-01 08:26,17850,main\#r
    536365,"cup, ""blue""",9007199254740991,2010-12-01 08:26,17850,\#r
    C536379,tea,-1,2010-12-01 09:41,14527,berlin
    A563185,tea,-3,2010-12-01 09:41,,
    """#

  static let mappingSeed = """
    {"columns": {"document": "Invoice", "sku": "Code", "quantity": "Quantity", "time": "Date",
      "customer": "Customer", "location": "Place"},
     "separator": ",", "time_format": "%Y-%m-%d %H:%M", "location": "main", "only_codes": ["*"],
     "skip_codes": ["POST*", "##"], "write_off_reason": "fire", "commit": true, "late": "record",
     "opening": {"percent_of_demand": 150, "key": "opening"},
     "documents": [{"prefix": "C", "negative": "return"}, {"prefix": "A", "negative": "write-off", "positive": "receive"},
       {"positive": "order", "negative": "skip"}]}
    """
}
