import Foundation
import Tallystick

/// The Online Retail data set, read and folded by other means than the import's: lines split by hand, a dictionary of
/// stock, and the rule that an order with any line short is refused whole.
struct OnlineRetail {
  /// Three weeks of a real shop (D. Chen, CC BY 4.0), which lie beside the project and are no part of it.
  static let path =
    ProcessInfo.processInfo.environment["TALLY_ONLINE_RETAIL"]
    ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data/online-retail-2010-12.csv").path
  static var isPresent: Bool { FileManager.default.isReadableFile(atPath: path) }

  struct Row {
    var invoice: String
    var code: String
    var quantity: Int64
  }
  var rows: [Row] = []
  var cutOff = 0
  var notStock = 0
  /// Rows of invoices that another row of which is cut off: they are left out whole.
  var leftOut = 0
  /// Lines after the header.
  var lines = 0

  init() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: OnlineRetail.path)))
    var cutInvoices = Set<String>()
    for line in bytes.split(separator: 0x0A).dropFirst() {
      lines += 1
      let fields = OnlineRetail.split(line)
      if fields.count != 8 {
        cutOff += 1
        cutInvoices.insert(fields[0])
      } else if fields[1].utf8.count < 5 || !fields[1].utf8.prefix(5).allSatisfy({ $0 >= 48 && $0 <= 57 }) {
        notStock += 1
      } else {
        rows.append(Row(invoice: fields[0], code: fields[1], quantity: Int64(fields[3])!))
      }
    }
    leftOut = rows.count { cutInvoices.contains($0.invoice) }
    rows.removeAll { cutInvoices.contains($0.invoice) }
  }

  private static func split(_ line: ArraySlice<UInt8>) -> [String] {
    var fields = [[UInt8]()]
    var isQuoted = false
    for byte in line {
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if byte == UInt8(ascii: ","), !isQuoted {
        fields.append([])
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    return fields.map { String(decoding: $0, as: UTF8.self) }
  }

  /// What orders ask for.
  var demand: [String: Int64] {
    var demand = [String: Int64]()
    for row in rows where !row.invoice.hasPrefix("C") && row.quantity > 0 {
      demand[row.code, default: 0] += row.quantity
    }
    return demand
  }
  var codes: Set<String> { Set(rows.map(\.code)) }

  /// What a shop with this opening stock comes to.
  struct Result {
    var stock: [String: Int64]
    var orders = 0, refusedOrders = 0, refusedOrderRows = 0
    var returns = 0
    var writeOffs = 0, refusedWriteOffs = 0, unknownWriteOffs = 0
    /// Rows of what was accepted.
    var acceptedRows = 0
  }

  func fold(opening: [String: Int64]) -> Result {
    var result = Result(stock: opening)
    var index = 0
    while index < rows.count {
      let invoice = rows[index].invoice
      let end = rows[index...].firstIndex { $0.invoice != invoice } ?? rows.count
      let group = rows[index..<end]
      index = end
      if invoice.hasPrefix("C") {
        for row in group { result.stock[row.code, default: 0] -= row.quantity }
        result.returns += 1
        result.acceptedRows += group.count
        continue
      }
      for row in group where row.quantity < 0 {
        guard let onHand = result.stock[row.code] else {
          result.unknownWriteOffs += 1
          continue
        }
        if onHand + row.quantity < 0 {
          result.refusedWriteOffs += 1
        } else {
          result.stock[row.code] = onHand + row.quantity
          result.writeOffs += 1
          result.acceptedRows += 1
        }
      }
      let ordered = group.filter { $0.quantity > 0 }
      if ordered.isEmpty { continue }
      let cart = Dictionary(ordered.map { ($0.code, $0.quantity) }, uniquingKeysWith: +)
      if cart.allSatisfy({ result.stock[$0.key, default: 0] >= $0.value }) {
        for (code, quantity) in cart { result.stock[code]! -= quantity }
        result.orders += 1
        result.acceptedRows += ordered.count
      } else {
        result.refusedOrders += 1
        result.refusedOrderRows += ordered.count
      }
    }
    return result
  }
}
