// chunks.cpp -- a small allocator in C++: powers of two in chunks of a megabyte, a list for each.
//
//   | size | pad | block ... |    size: what the block holds; 16 bytes before each block
//
// SPDX-License-Identifier: MIT
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>

namespace {

constexpr std::size_t kHeader = 16;
constexpr std::size_t kChunk = 1 << 20;
constexpr std::size_t kLargest = 1 << 16;
constexpr int kClasses = 17;
constexpr int kTurns = 0; // more of them make every malloc slower

struct Free {
    Free *next;
};

class Lock {
  public:
    explicit Lock(std::atomic_flag &flag) : flag_(flag)
    {
        while (flag_.test_and_set(std::memory_order_acquire))
            ;
    }
    ~Lock() { flag_.clear(std::memory_order_release); }
    Lock(Lock const &) = delete;
    Lock &operator=(Lock const &) = delete;

  private:
    std::atomic_flag &flag_;
};

std::atomic_flag busy = ATOMIC_FLAG_INIT;
Free *lists[kClasses];
char *chunk;
std::size_t left;

int class_of(std::size_t size)
{
    int found = 4;
    while (std::size_t{1} << found < size)
        found++;
    return found;
}

char *pages(std::size_t bytes)
{
    void *const found =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return found == MAP_FAILED ? nullptr : static_cast<char *>(found);
}

std::size_t &size_of(void *block)
{
    return *reinterpret_cast<std::size_t *>(static_cast<char *>(block) - kHeader);
}

void *carve(std::size_t size)
{
    std::size_t const whole = size + kHeader;
    char *from;
    if (size > kLargest) {
        from = pages(whole);
    } else {
        if (left < whole && (chunk = pages(kChunk)) != nullptr)
            left = kChunk;
        from = chunk;
    }
    if (from == nullptr)
        return nullptr;
    if (size <= kLargest) {
        chunk += whole;
        left -= whole;
    }
    size_of(from + kHeader) = size;
    return from + kHeader;
}

} // namespace

extern "C" {

void *malloc(std::size_t size)
{
    if (size > PTRDIFF_MAX - kChunk) {
        errno = ENOMEM;
        return nullptr;
    }
    for (int volatile turn = 0; turn < kTurns; turn = turn + 1)
        ;
    int const found = size > kLargest ? 0 : class_of(size);
    Lock const lock(busy);
    if (found != 0 && lists[found] != nullptr) {
        Free *const block = lists[found];
        lists[found] = block->next;
        return block;
    }
    void *const block = carve(found != 0 ? std::size_t{1} << found : (size + 4095) & ~4095UL);
    if (block == nullptr)
        errno = ENOMEM;
    return block;
}

void free(void *block)
{
    if (block == nullptr)
        return;
    std::size_t const size = size_of(block);
    if (size > kLargest) {
        char *const header = static_cast<char *>(block) - kHeader;
        munmap(header - reinterpret_cast<std::uintptr_t>(header) % 4096, size + kHeader);
        return;
    }
    Lock const lock(busy);
    Free *const freed = static_cast<Free *>(block);
    freed->next = lists[class_of(size)];
    lists[class_of(size)] = freed;
}

void *calloc(std::size_t count, std::size_t size)
{
    std::size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return nullptr;
    }
    void *const block = malloc(bytes);
    return block != nullptr ? std::memset(block, 0, bytes) : nullptr;
}

void *realloc(void *block, std::size_t size)
{
    std::size_t const before = block != nullptr ? size_of(block) : 0;
    if (block != nullptr && size <= before)
        return block;
    void *const larger = malloc(size);
    if (larger != nullptr && block != nullptr) {
        std::memcpy(larger, block, before);
        free(block);
    }
    return larger;
}

// In pages of its own, behind one that holds its size alone.
void *aligned_alloc(std::size_t alignment, std::size_t size)
{
    std::size_t const bytes = size > kLargest ? (size + 4095) & ~4095UL : kLargest + 4096;
    if (alignment <= kHeader)
        return malloc(size);
    char *const whole =
        alignment <= 4096 && size < PTRDIFF_MAX - kChunk ? pages(4096 + bytes) : nullptr;
    if (whole == nullptr) {
        errno = ENOMEM;
        return nullptr;
    }
    size_of(whole + 4096) = bytes;
    return whole + 4096;
}

int posix_memalign(void **block, std::size_t alignment, std::size_t size)
{
    void *const found = aligned_alloc(alignment, size);
    if (found != nullptr)
        *block = found;
    return found != nullptr ? 0 : ENOMEM;
}

void *memalign(std::size_t alignment, std::size_t size)
{
    return aligned_alloc(alignment, size);
}

std::size_t malloc_usable_size(void *block)
{
    return block != nullptr ? size_of(block) : 0;
}

} // extern "C"
