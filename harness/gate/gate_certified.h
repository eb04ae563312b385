/* gate_certified.h -- how often the gate was wrong where nothing had changed, as it was counted.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_CERTIFIED_H
#define SLABLAB_GATE_CERTIFIED_H

/* A sentence of the certificate that is stored in the root (`make certificate`): false alarms, and
 * whether so many gates settle what is promised. The caller frees it. */
char *gate_certified_text(void);

#endif
