/* hint.h -- what to try about an errno.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_HINT_H
#define SLABLAB_HINT_H

/* `otherwise` where the fault does not say which limit was reached. */
char const *hint_for(int fault, char const *otherwise);

#endif
