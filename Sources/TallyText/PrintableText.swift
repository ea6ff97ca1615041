extension String {
  /// The text with its control characters (U+0000–1F, U+007F–9F) spelt out, so that a file's or an argument's name
  /// cannot make a terminal do anything.
  package var printable: String {
    // All of them begin with one of these bytes in UTF-8.
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return self }
    return unicodeScalars.map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        ? "\\u{\(String(scalar.value, radix: 16))}" : "\(scalar)"
    }.joined()
  }
}
