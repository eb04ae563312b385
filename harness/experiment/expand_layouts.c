/* expand_layouts.c -- arms that are built here get their links.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "catalogue/build_id.h"
#include "catalogue/layouts.h"

static bool take_count(struct expansion const *expansion, char const *text)
{
    uint64_t *const count = &expansion->plan->layouts;

    if (text_to_number(text, count) && *count >= LAYOUTS_MIN && *count <= LAYOUTS_MAX)
        return true;
    yaml_file_complain(expansion->file, "layouts", "layouts: 16",
                       "'%s' is no number of links from %d to %d", text, LAYOUTS_MIN, LAYOUTS_MAX);
    return false;
}

static bool add_links(struct expansion const *expansion, struct arm *arm)
{
    struct arena *const arena = &expansion->plan->arena;
    struct words paths = {0};
    bool added = layouts_of(arm->object, expansion->plan->layouts, &paths);

    arm->links = arena_zeroed(arena, paths.count * sizeof *arm->links);
    for (size_t i = 0; added && i < paths.count; i++) {
        struct link *const link = &arm->links[arm->link_count++];
        link->object = arena_text(arena, paths.word[i]);
        link->build_id = arena_keep(arena, catalogue_build_id(paths.word[i]));
        added = expand_preload(expansion, "layouts", &link->object);
    }
    if (arm->link_count > 0) {
        arm->linked_from = arm->object_build_id;
        arm->object = arm->links[0].object;
        arm->object_build_id = arm->links[0].build_id;
    }
    words_free(&paths);
    return added;
}

bool expand_layouts(struct expansion const *expansion)
{
    char const *const written = expansion->experiment->layouts;
    struct plan *const plan = expansion->plan;
    bool any = false;

    if (written == NULL)
        return true;
    if (!take_count(expansion, written))
        return false;
    plan->linker = arena_keep(&plan->arena, layouts_linker());
    if (plan->linker == NULL)
        return false;
    for (size_t i = 0; i < plan->arm_count; i++) {
        if (!add_links(expansion, &plan->arms[i]))
            return false;
        any = any || plan->arms[i].link_count > 0;
    }
    if (!any)
        yaml_file_complain(expansion->file, "layouts", "leave it out, or a phase as an arm",
                           "no arm is built here, so none can be linked anew");
    return any;
}
