/* link_spread.h -- how far the effect of one pair of links may be from the mean over all links.
 *
 * Each block has a link of the base and a link of the head, drawn independently. So the logarithm
 * of its ratio is mean + head's link + base's link + process, and for either factor the others are
 * noise of equal variance in every block. `analysis components` (analysis/statistics/components.py)
 * makes the same estimates.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LINK_SPREAD_H
#define SLABLAB_LINK_SPREAD_H

#include <stddef.h>

/* The variance between groups of a one-way layout with random effects, by unweighted means: the
 * variance of the groups' means less the variance within times the mean of 1/size (Searle, Casella
 * and McCulloch, Variance Components, 1992, section 3.6), or 0. A value that is farther from its
 * group's median (from that of all where the group has fewer than four) than six robust SDs, 1.4826
 * times the median of such distances, counts as that far. group[i] is below `groups`; groups
 * without a value do not count. NAN with fewer than two groups, or nothing twice in a group. */
double between_variance(double const *value, size_t const *group, size_t n, size_t groups);

/* The half width of the interval that holds the effect of 95 % of the pairs of links around their
 * mean, as the logarithm of a ratio. An arm of one link has no variance of its own. NAN where
 * neither can be estimated. */
double link_spread(double base_variance, double head_variance);

#endif
