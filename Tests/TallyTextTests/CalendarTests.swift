import TallyText
import Testing

@Suite("The calendar")
struct CalendarTests {
  @Test("every day from 1970 to 9999 follows the one before, and leads back to its number")
  func everyDay() throws {
    var year: Int64 = 1970
    var month = 1
    var day = 1
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var number: Int64 = 0
    while year <= 9999 {
      let found = CalendarDay(daysSince1970: number)
      guard found.year == year, found.month == month, found.day == day, found.daysSince1970 == number else {
        Issue.record("day \(number) is \(found), not \(year)-\(month)-\(day)")
        return
      }
      let isLeap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0
      day += 1
      if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        year += 1
      }
      number += 1
    }
    #expect(number == 2_932_897)
  }

  @Test("days before 1970 lead back to their number")
  func before1970() {
    #expect(CalendarDay(daysSince1970: -1) == CalendarDay(year: 1969, month: 12, day: 31))
    #expect(CalendarDay(daysSince1970: -719_468) == CalendarDay(year: 0, month: 3, day: 1))
    for number in stride(from: Int64(-1_000_000), to: 0, by: 137) {
      #expect(CalendarDay(daysSince1970: number).daysSince1970 == number)
    }
  }

  @Test(
    "a day that the calendar does not have is none",
    arguments: [
      (2023, 2, 29), (1900, 2, 29), (2100, 2, 29), (2000, 2, 30), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1),
      (2024, 1, 0), (2024, 1, 32), (2024, 1, -1),
    ])
  func noSuchDay(_ year: Int64, _ month: Int, _ day: Int) {
    #expect(CalendarDay(year: year, month: month, day: day) == nil)
  }

  @Test("29 February is in years divisible by 4, but by 100 only if by 400", arguments: [1972, 2000, 2024, 2400, 9996])
  func leapDay(_ year: Int64) { #expect(CalendarDay(year: year, month: 2, day: 29) != nil) }
}
