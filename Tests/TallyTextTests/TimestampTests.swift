import TallyText
import Testing

@Suite("Time stamps")
struct TimestampTests {
  @Test(
    "a moment is written in UTC with milliseconds, and read back",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (999, "1970-01-01T00:00:00.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_767_323_045_678, "2026-01-02T03:04:05.678Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-1, "1969-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ])
  func roundTrip(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp.text(milliseconds) == text)
    #expect(Timestamp.milliseconds(text) == milliseconds)
  }

  @Test("the largest time of a log is written")
  func largest() { #expect(Timestamp.text(1 << 53 - 1).hasSuffix("Z")) }

  @Test(
    "RFC 3339 is read as it may be written",
    arguments: [
      ("1985-04-12T23:20:50.52Z", 482_196_050_520), ("1996-12-19T16:39:57-08:00", 851_042_397_000),
      ("1990-12-31T23:59:60Z", 662_688_000_000), ("1990-12-31T15:59:60-08:00", 662_688_000_000),
      ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130), ("1970-01-01t00:00:00z", 0),
      ("1970-01-01 00:00:00Z", 0), ("1970-01-01T00:00:00.1239999999Z", 123), ("1970-01-01T23:59:00+23:59", 0),
    ])
  func readings(_ text: String, _ milliseconds: Int64) { #expect(Timestamp.milliseconds(text) == milliseconds) }

  @Test(
    "what is not RFC 3339 is no time",
    arguments: [
      "", "1970", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00Z", "1970-1-01T00:00:00Z",
      "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-02-29T00:00:00Z",
      "1970-13-01T00:00:00Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00",
      "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00Z ", " 1970-01-01T00:00:00Z", "+970-01-01T00:00:00Z",
      "1970-01-01T00:00:00ZZ", "11970-01-01T00:00:00Z", "1970-01-01T00:00:0๐Z", "1970-01-01_00:00:00Z",
    ])
  func refused(_ text: String) { #expect(Timestamp.milliseconds(text) == nil) }
}
