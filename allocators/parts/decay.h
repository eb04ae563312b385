/* decay.h -- how long memory must be idle before it goes back to the system.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_DECAY_H
#define SLABLAB_DECAY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/layer.h"
#include "core/setting.h"

LAYER(backend);

CONSTANT(DECAY_MS, 0, decay, 0, 3600000, "ms",
         "until idle memory goes back; 0: whole SuperSlabs alone, after 60 s");

static inline bool decay_is_due(uint64_t now_ms, uint64_t since_ms)
{
    return DECAY_MS > 0 && (int64_t)(now_ms - since_ms) >= DECAY_MS; /* since may be the later */
}

#endif
