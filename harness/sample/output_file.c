/* output_file.c -- a program's stdout in memory.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/output_file.h"

#include "base/sha256.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    PIECE_BYTES = 65536,
    BYTES_MAX = 256 << 20,
    BYTES_KEPT = 16 << 20,
};

int output_file_open(void)
{
    return memfd_create("stdout", MFD_CLOEXEC);
}

int output_file_open_bounded(int bytes)
{
    int const fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0 || ftruncate(fd, bytes) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0)
        return -1;
    return fd;
}

void output_file_rewind(int fd)
{
    if (lseek(fd, 0, SEEK_CUR) > BYTES_KEPT)
        (void)!ftruncate(fd, BYTES_KEPT);
    lseek(fd, 0, SEEK_SET);
}

void output_file_become_stdout(int fd)
{
    dup2(fd, STDOUT_FILENO);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){BYTES_MAX, BYTES_MAX});
}

/* The sample shared the descriptor's offset. */
uint64_t output_file_digest(int fd)
{
    static unsigned char piece[PIECE_BYTES];
    unsigned char digest[SHA256_BYTES];
    struct sha256 sum = sha256_begin();
    off_t const end = lseek(fd, 0, SEEK_CUR);

    for (off_t place = 0; place < end;) {
        size_t const wanted = end - place < PIECE_BYTES ? (size_t)(end - place) : PIECE_BYTES;
        ssize_t const size = pread(fd, piece, wanted, place);
        if (size <= 0)
            break;
        sha256_add(&sum, piece, (size_t)size);
        place += size;
    }
    sha256_end(&sum, digest);
    return sha256_head(digest);
}
