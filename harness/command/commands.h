/* commands.h -- the commands of slablab: each gets its own name as argv[0] and returns the exit
 * status.
 *
 * main.c answers `slablab COMMAND --help` before it calls one of these. The statuses are
 * complain.h's.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMMANDS_H
#define SLABLAB_COMMANDS_H

int command_run(int argc, char **argv); /* profile and faults too */
int command_gate(int argc, char **argv);
int command_init(int argc, char **argv);
int command_comment(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_attest(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_layouts(int argc, char **argv);
int command_list(int argc, char **argv);
int command_scatter(int argc, char **argv);
int command_work(int argc, char **argv);
int command_gather(int argc, char **argv);

#endif
