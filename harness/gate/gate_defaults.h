/* gate_defaults.h -- what a gate compares where its command line does not say.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_DEFAULTS_H
#define SLABLAB_GATE_DEFAULTS_H

/* slablab.yaml's suite; without one experiments/gate.yaml, the project's or home's. The caller
 * frees it. */
char *gate_default_experiment(void);

/* slablab.yaml's reference; without one where HEAD left the default branch. NULL after a complaint.
 * The caller frees it. */
char *gate_default_base(void);

#endif
