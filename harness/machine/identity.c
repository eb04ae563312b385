/* identity.c -- digests of what a machine and its firmware are called.
 *
 * SPDX-License-Identifier: MIT */
#include "machine/identity.h"

#include "base/text.h"
#include "machine/system_facts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits, of the text and its final 0. */
static uint64_t mixed(uint64_t hash, char const *text)
{
    for (char const *at = text;; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
        if (*at == '\0')
            return hash;
    }
}

char *identity_of(char const *machine_id, char const *uuid, char const *processor)
{
    char const *const parts[] = {machine_id, uuid, processor};
    uint64_t hash = mixed(UINT64_C(0xcbf29ce484222325), "slablab machine");

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        hash = mixed(hash, parts[i] != NULL ? parts[i] : "");
    return text_format("%016" PRIx64, hash);
}

static char *processor(void)
{
    static char const *const names[] = {"cpu family", "model", "stepping", "microcode"};
    char *text = text_copy("");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *const value = fact_keyed("/proc/cpuinfo", names[i]);
        text_append(&text, "%s ", value != NULL ? value : "?");
        free(value);
    }
    return text;
}

char *identity_here(void)
{
    char *const machine_id = text_of_line_file("/etc/machine-id");
    char *const uuid = text_of_line_file("/sys/class/dmi/id/product_uuid");
    char *const cpu = processor();
    char *const identity = identity_of(machine_id, uuid, cpu);

    free(cpu);
    free(uuid);
    free(machine_id);
    return identity;
}

char *identity_of_boot(void)
{
    char *const boot = text_of_line_file("/proc/sys/kernel/random/boot_id");
    char *const digest = identity_of(boot, NULL, NULL);

    free(boot);
    return digest;
}
