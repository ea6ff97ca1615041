import Tallystick
import Testing

@testable import TallyRESP

@Suite("Refusals in the words of Redis's protocol")
struct RefusalWordsTests {
  @Test("an overflow names the item, or says that it is the time which would pass the last one")
  func overflow() {
    let ofItem = RefusalWords.text(Rejection(.overflow, at: 3, item: ItemName(sku: "tea")))
    #expect(ofItem == "OVERFLOW tea@main would pass 9007199254740991")
    let ofTime = RefusalWords.text(Rejection(.overflow, at: 3))
    #expect(ofTime.hasPrefix("OVERFLOW the hold would expire") && ofTime.contains("name a shorter time"))
    #expect(!ofTime.contains("item"))
  }
}
