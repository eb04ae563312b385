/* parse.c -- reads HTTP requests from a file, and says how many, and how many headers they have.
 *
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEAT = 200, PAGE = 4096, SPARE_PAGES = 0 }; /* SPARE_PAGES: touched, and of no use */

struct header {
    struct header *next;
    char *name;
    char *value;
};

static struct header *add(struct header *headers, char const *line)
{
    char const *const colon = strchr(line, ':');
    struct header *const header = calloc(1, sizeof *header);

    if (colon == NULL || header == NULL) {
        free(header);
        return headers;
    }
    header->next = headers;
    header->name = strndup(line, (size_t)(colon - line));
    header->value = strdup(colon + 1);
    return header;
}

static size_t forget(struct header *headers)
{
    size_t count = 0;

    for (struct header *next; headers != NULL; headers = next, count++) {
        next = headers->next;
        free(headers->name);
        free(headers->value);
        free(headers);
    }
    return count;
}

/* A request ends in an empty line. */
static int parse(char const *path, size_t *requests, size_t *headers)
{
    FILE *const file = fopen(path, "r");
    struct header *read = NULL;
    char line[1024];

    if (file == NULL)
        return 1;
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (*line != '\0') {
            read = add(read, line);
            continue;
        }
        *headers += forget(read);
        *requests += 1;
        read = NULL;
    }
    forget(read);
    return fclose(file);
}

int main(int argc, char **argv)
{
    char *const spare = malloc(SPARE_PAGES * PAGE + 1);
    size_t requests = 0;
    size_t headers = 0;
    int fault = argc != 2 || spare == NULL;

    for (size_t i = 0; !fault && i < SPARE_PAGES; i++)
        ((char volatile *)spare)[i * PAGE] = 1;
    for (int i = 0; !fault && i < REPEAT; i++)
        fault = parse(argv[1], &requests, &headers);
    free(spare);
    printf("%zu requests, %zu headers\n", requests, headers);
    return fault;
}
