import Foundation
import Testing

/// An answer over HTTP as a test reads it: the whole of a connection that ends with it.
struct HTTPAnswer {
  let status: Int
  let head: String
  let body: String

  var object: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:] }
  var lines: [[String: Any]] {
    body.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
  }
}

/// Whoever answers over HTTP.
protocol HTTPAnswering {
  var httpPort: Int { get }
}
extension ServingProgram: HTTPAnswering {}
extension Shop: HTTPAnswering {
  /// 0: it does not listen for that.
  var httpPort: Int {
    guard case .tcp(_, let port) = server.http else { return 0 }
    return port
  }
}

extension HTTPAnswering {
  /// One request, and its answer.
  func ask(_ method: String, _ path: String, headers: [String] = [], body: String = "") throws -> HTTPAnswer {
    let client = try TestClient(.tcp(port: httpPort))
    var request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(httpPort)\r\nConnection: close\r\n"
    if !body.isEmpty { request += "Content-Length: \(body.utf8.count)\r\n" }
    for header in headers { request += header + "\r\n" }
    client.send(Array((request + "\r\n" + body).utf8))
    let text = String(decoding: client.rest(), as: UTF8.self)
    let parts = try #require(text.firstRange(of: "\r\n\r\n"), "no answer: \(text)")
    let head = String(text[..<parts.lowerBound])
    var rest = String(text[parts.upperBound...])
    if head.lowercased().contains("transfer-encoding: chunked") { rest = HTTPAnswer.joined(rest) }
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return HTTPAnswer(status: try #require(status), head: head, body: rest)
  }

  func post(_ body: String, _ headers: String...) throws -> HTTPAnswer {
    try ask("POST", "/v1/commands", headers: headers, body: body)
  }
}

extension HTTPAnswer {
  /// What stood in chunks.
  fileprivate static func joined(_ text: String) -> String {
    String(decoding: joined(bytes: Array(text.utf8)[...]), as: UTF8.self)
  }

  static func joined(bytes: ArraySlice<UInt8>) -> [UInt8] {
    var whole: [UInt8] = []
    var rest = bytes
    while let end = rest.firstIndex(of: 0x0D),
      let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), count > 0
    {
      let chunk = rest[(end + 2)...]
      whole += chunk.prefix(count)
      rest = chunk.dropFirst(count + 2)
    }
    return whole
  }
}
