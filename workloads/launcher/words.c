/* words.c -- the launcher's command line, as harness/sample/program_trial.c writes it.
 *
 *   traced|untraced DIRECTORY STDIN COUNT NAME=value ... program PROGRAM ARGUMENT ...
 *   traced|untraced DIRECTORY STDIN COUNT NAME=value ... server|both READY_MS COUNT
 *     SERVER ARGUMENT ... CLIENT ARGUMENT ...
 *
 * SPDX-License-Identifier: MIT */
#include "launcher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char const hint[] = "make, so that harness and launcher are of one build";

static char *next(char ***words)
{
    if (**words == NULL)
        end_with(STATUS_REFUSED, hint, "a word is missing");
    return *(*words)++;
}

static size_t next_number(char ***words)
{
    return strtoul(next(words), NULL, 10);
}

static void skip(char ***words, size_t count)
{
    while (count-- > 0)
        next(words);
}

/* No one has it now; nobody else is to take it before the server does. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        end_with(STATUS_FAILED, "ip link set lo up", "no port of the loopback interface: %s",
                 strerror(errno));
    close(fd);
    return ntohs(address.sin_port);
}

/* "--port={port}" with the number. */
static void put_port(char **arguments, size_t count, uint16_t port)
{
    static char const place[] = "{port}";

    for (size_t i = 0; i < count; i++) {
        char *const found = strstr(arguments[i], place);
        if (found == NULL)
            continue;
        size_t const size = strlen(arguments[i]) + PORT_DIGITS_MAX;
        char *const text = calloc(1, size);
        if (text == NULL)
            end_with(STATUS_FAILED, "free", "no memory for a word");
        snprintf(text, size, "%.*s%u%s", (int)(found - arguments[i]), arguments[i],
                 (unsigned)port, found + strlen(place));
        arguments[i] = text;
    }
}

static size_t length_of(char **words)
{
    size_t count = 0;

    while (words[count] != NULL)
        count++;
    return count;
}

/* The server's words are moved to an array that ends in NULL. */
static void take_server(char ***words, struct request *request, uint16_t *port)
{
    request->ready_ns = next_number(words) * UINT64_C(1000000);
    size_t const count = next_number(words);
    request->server = calloc(count + 1, sizeof *request->server);
    if (request->server == NULL)
        end_with(STATUS_FAILED, "free", "no memory for the server's words");
    for (size_t i = 0; i < count; i++)
        request->server[i] = next(words);
    *port = free_port();
    put_port(request->server, count, *port);
}

struct request request_of(char **words, uint16_t *port)
{
    struct request request = {.traced = strcmp(next(&words), "traced") == 0};

    request.directory = next(&words);
    request.input = next(&words);
    request.assignment_count = next_number(&words);
    request.assignments = words;
    skip(&words, request.assignment_count);
    char const *const kind = next(&words);
    request.client_too = strcmp(kind, "both") == 0;
    if (strcmp(kind, "program") != 0)
        take_server(&words, &request, port);
    request.program = words;
    next(&words);
    if (request.server != NULL)
        put_port(request.program, length_of(request.program), *port);
    return request;
}
