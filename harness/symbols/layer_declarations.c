/* layer_declarations.c -- parses the strings of .slablab.layers.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/layer_declarations.h"

#include "base/memory.h"
#include "base/text.h"
#include "symbols/function_name.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 5 };

static Elf_Data *section_data(Elf *elf, char const *wanted)
{
    size_t names = 0;

    if (elf == NULL || elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || header.sh_type == SHT_NOBITS)
            continue;
        char const *const name = elf_strptr(elf, names, header.sh_name);
        if (name != NULL && text_equal(name, wanted))
            return elf_getdata(section, NULL);
    }
    return NULL;
}

/* Replaces each tab by a 0. Returns the number of words, at most one more than WORDS_MAX. */
static size_t split(char *line, char *word[WORDS_MAX + 1])
{
    size_t count = 0;

    for (char *rest = line; rest != NULL && count <= WORDS_MAX;)
        word[count++] = strsep(&rest, "\t");
    return count;
}

static void add_layer(struct layer_declaration **layers, size_t *count, char *const *word)
{
    *layers = memory_room_for_one(*layers, *count, sizeof **layers);
    (*layers)[(*count)++] = (struct layer_declaration){word[1], word[2]};
}

static bool take(struct layer_declarations *declarations, char *line)
{
    char *word[WORDS_MAX + 1];
    size_t const count = split(line, word);
    struct memory_declaration memory = {0};

    if (count == 3 && text_equal(word[0], "function")) {
        add_layer(&declarations->functions, &declarations->function_count, word);
        return true;
    }
    if (count == 3 && text_equal(word[0], "file")) {
        add_layer(&declarations->files, &declarations->file_count, word);
        return true;
    }
    if (count != 5 || !text_equal(word[0], "memory") ||
        !text_to_number(word[3], &memory.unit_bytes) ||
        !text_to_number(word[4], &memory.header_bytes))
        return false;
    memory.function = word[1];
    memory.memory = word[2];
    declarations->memory =
        memory_room_for_one(declarations->memory, declarations->memory_count, sizeof memory);
    declarations->memory[declarations->memory_count++] = memory;
    return true;
}

void layer_declarations_read(struct layer_declarations *declarations,
                             struct object_file const *file)
{
    Elf_Data const *const data = section_data(file->elf, ".slablab.layers");

    *declarations = (struct layer_declarations){0};
    if (data == NULL || data->d_buf == NULL)
        return;
    declarations->text = memory_zeroed(data->d_size + 1, 1);
    memcpy(declarations->text, data->d_buf, data->d_size);
    for (size_t begin = 0; begin < data->d_size;) {
        char *const line = declarations->text + begin;
        size_t const length = strlen(line);
        char *const copy = text_copy(line);
        if (length > 0 && !take(declarations, line) && declarations->problem == NULL)
            declarations->problem = text_format("'%s' in .slablab.layers makes no sense", copy);
        free(copy);
        begin += length + 1;
    }
}

void layer_declarations_free(struct layer_declarations *declarations)
{
    free(declarations->text);
    free(declarations->functions);
    free(declarations->files);
    free(declarations->memory);
    free(declarations->problem);
}

/* "/home/me/slablab/allocators/parts/tiny.h" matches allocators/parts/tiny.h. */
static bool is_file(char const *path, char const *declared)
{
    size_t const length = strlen(path);
    size_t const end = strlen(declared);

    return text_ends_with(path, declared) && (length == end || path[length - end - 1] == '/');
}

char const *layer_declarations_find(struct layer_declarations const *declarations,
                                    struct frame const *frame, char const *path)
{
    for (size_t i = 0; frame->function != NULL && i < declarations->function_count; i++)
        if (function_name_is(declarations->functions[i].name, frame->function, frame->linker_name))
            return declarations->functions[i].layer;
    for (size_t i = 0; path != NULL && i < declarations->file_count; i++)
        if (is_file(path, declarations->files[i].name))
            return declarations->files[i].layer;
    return NULL;
}
