import Glibc

/// Lets a thread wait for tasks to end.
final class Gate: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var condition = pthread_cond_t()
  private var isOpen = false
  private var hasFailed = false

  init() {
    pthread_mutex_init(&mutex, nil)
    pthread_cond_init(&condition, nil)
  }

  func fail() {
    pthread_mutex_lock(&mutex)
    hasFailed = true
    pthread_mutex_unlock(&mutex)
  }

  func open() {
    pthread_mutex_lock(&mutex)
    isOpen = true
    pthread_cond_signal(&condition)
    pthread_mutex_unlock(&mutex)
  }

  /// True if nothing failed before it opened.
  func wait() -> Bool {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    while !isOpen { pthread_cond_wait(&condition, &mutex) }
    return !hasFailed
  }
}
