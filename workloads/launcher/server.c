/* server.c -- a server on the loopback interface: started, asked until it answers, ended.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "launcher.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t const ENDING_NS = UINT64_C(5000000000); /* then it is killed */
static char const output_file[] = "server.output";
static struct timespec const PAUSE = {.tv_nsec = 2000000};

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

static bool answers(uint16_t port)
{
    struct sockaddr_in const address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool const connected =
        fd >= 0 && connect(fd, (struct sockaddr const *)&address, sizeof address) == 0;

    if (fd >= 0)
        close(fd);
    return connected;
}

/* What a server that fails has printed, which the working directory does not outlive. */
static void repeat_output(struct request const *request)
{
    char path[4096];
    char text[2000];

    snprintf(path, sizeof path, "%s/%s", request->directory, output_file);
    int const fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t const size = fd >= 0 ? read(fd, text, sizeof text) : 0;
    if (size > 0 && write(STDERR_FILENO, text, (size_t)size) < size)
        return; /* its stderr is full */
    if (fd >= 0)
        close(fd);
}

static char const *end_in_words(int status)
{
    return WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
           : status == 0       ? "exit status 0"
                               : "a nonzero exit status";
}

static bool has_ended(struct region *page, pid_t server, int *status)
{
    pid_t ended;

    do
        ended = trace_wait(page, WNOHANG, status);
    while (ended > 0 && ended != server);
    return ended != 0;
}

pid_t server_start(struct request const *request, struct region *page, uint16_t port)
{
    pid_t const server = process_start(request, request->server, true, output_file);
    uint64_t const limit_ns = now_ns() + request->ready_ns;
    int status = 0;

    while (!answers(port)) {
        bool const ended = has_ended(page, server, &status);
        bool const late = now_ns() > limit_ns;
        if (ended || late)
            repeat_output(request);
        if (ended)
            end_with(STATUS_FAILED, "the server's command line by hand",
                     "the server ended before it answered: %s", end_in_words(status));
        if (late)
            end_with(STATUS_FAILED, "the {port} in its arguments; a longer `ready`",
                     "the server did not answer on port %u within %u ms", (unsigned)port,
                     (unsigned)(request->ready_ns / 1000000));
        nanosleep(&PAUSE, NULL);
    }
    return server;
}

void server_end(struct region *page, pid_t server)
{
    uint64_t const limit_ns = now_ns() + ENDING_NS;

    kill(server, SIGTERM);
    while (!has_ended(page, server, &(int){0})) {
        if (now_ns() > limit_ns)
            kill(server, SIGKILL);
        nanosleep(&PAUSE, NULL);
    }
}
