/* identity.h -- which machine this is, whatever its nodes are called.
 *
 * Names label workers; two nodes of one machine are one machine. An identity is a digest, so that
 * none of the numbers in it can be read out of a record.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_IDENTITY_H
#define SLABLAB_IDENTITY_H

/* What an identity is made of, each a line's text or NULL where this machine does not tell it.
 * The digest is 16 hexadecimal digits; the caller frees it. */
char *identity_of(char const *machine_id, char const *uuid, char const *processor);

/* Of machine-id, the firmware's UUID and the processor (family, model, stepping, microcode). The
 * caller frees it. */
char *identity_here(void);

/* A digest of the boot's id, which tells cloned guests apart. The caller frees it. */
char *identity_of_boot(void);

#endif
