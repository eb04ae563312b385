/* test_folder.c -- digests and copies of folders.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/folder.h"
#include "base/memory.h"
#include "base/sha256.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/slablab-folder-XXXXXX";

static char *digits_of(unsigned char const digest[SHA256_BYTES])
{
    char *digits = text_copy("");

    for (size_t i = 0; i < SHA256_BYTES; i++)
        text_append(&digits, "%02x", digest[i]);
    return digits;
}

/* The same bytes in pieces of every size up to `pieces`. */
static void assert_digest(char const *bytes, size_t size, size_t pieces, char const *expected)
{
    for (size_t piece = 1; piece <= pieces; piece++) {
        unsigned char digest[SHA256_BYTES];
        struct sha256 sum = sha256_begin();
        for (size_t place = 0; place < size; place += piece)
            sha256_add(&sum, bytes + place, size - place < piece ? size - place : piece);
        sha256_end(&sum, digest);
        char *const digits = digits_of(digest);
        assert_string_equal(digits, expected);
        free(digits);
    }
}

/* The examples of FIPS 180-2, appendix B, and the empty message. */
static void digests_are_those_of_the_standard(void **state)
{
    static char const two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char *const million = memory_zeroed(1000000, 1);

    (void)state;
    memset(million, 'a', 1000000);
    assert_digest("", 0, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_digest("abc", 3, 4, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_digest(two_blocks, strlen(two_blocks), 70,
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_digest(million, 1000000, 3,
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void the_head_is_what_is_printed_first(void **state)
{
    unsigned char digest[SHA256_BYTES] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41};

    (void)state;
    assert_true(sha256_head(digest) == UINT64_C(0xba7816bf8f01cfea));
}

static char *place(char const *name)
{
    return text_format("%s/%s", directory, name);
}

static void write_file(char const *name, char const *text, mode_t mode)
{
    char *const path = place(name);
    int const fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    free(path);
}

static uint64_t head_of(char const *name)
{
    char *const path = place(name);
    unsigned char digest[SHA256_BYTES];
    struct sha256 sum = sha256_begin();

    folder_add(&sum, path);
    sha256_end(&sum, digest);
    free(path);
    return sha256_head(digest);
}

static void a_copy_holds_the_same(void **state)
{
    char *const from = place("from");
    char *const inner = place("from/inner");
    char *const link = place("from/link");
    char *const into = place("into");
    char *const copied = place("into/inner/run");
    struct stat status;

    (void)state;
    assert_int_equal(mkdir(from, 0755) + mkdir(inner, 0755) + mkdir(into, 0755), 0);
    write_file("from/file", "text", 0644);
    write_file("from/inner/run", "code", 0755);
    assert_int_equal(symlink("file", link), 0);
    assert_true(folder_copy(from, into));
    assert_int_equal(stat(copied, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0755);
    uint64_t const before = head_of("into");
    write_file("into/inner/run", "cod!", 0755);
    assert_true(head_of("into") != before);
    write_file("into/inner/run", "code", 0755);
    assert_true(head_of("into") == before);
    assert_false(folder_copy(from, into)); /* the files are there already */
    folder_remove(into);
    assert_int_equal(stat(into, &status), -1);
    free(from);
    free(inner);
    free(link);
    free(into);
    free(copied);
}

/* With those above it; again it is no fault, and a file in the way is one. */
static void a_folder_is_made_with_those_above_it(void **state)
{
    char *const deep = text_format("%s/a/b/c", directory);
    char *const file = text_format("%s/a/file", directory);
    char *const below = text_format("%s/a/file/d", directory);
    struct stat status;

    (void)state;
    assert_true(folder_make(deep));
    assert_true(folder_make(deep));
    assert_int_equal(stat(deep, &status), 0);
    write_file("a/file", "", 0644);
    assert_false(folder_make(file));
    assert_false(folder_make(below));
    free(below);
    free(file);
    free(deep);
}

static int make(void **state)
{
    (void)state;
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_all(void **state)
{
    (void)state;
    folder_remove(directory);
    return 0;
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(digests_are_those_of_the_standard),
        cmocka_unit_test(the_head_is_what_is_printed_first),
        cmocka_unit_test(a_copy_holds_the_same),
        cmocka_unit_test(a_folder_is_made_with_those_above_it),
    };

    return cmocka_run_group_tests_name("folder", tests, make, remove_all);
}
