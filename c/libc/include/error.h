/* <error.h>: the error messages of GNU programs, and the counter of them. */
#ifndef _ERROR_H
#define _ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/* Writes "program: message: reason" on standard error; a status other than 0 ends the program. */
void error(int, int, const char *, ...) __attribute__((__format__(__printf__, 3, 4)));
void error_at_line(int, int, const char *, unsigned, const char *, ...) __attribute__((__format__(__printf__, 5, 6)));

/* Printed instead of the program's name, if set. */
extern void (*error_print_progname)(void);
extern unsigned error_message_count;
/* If not 0, one message per line of a file is printed. */
extern int error_one_per_line;

#ifdef __cplusplus
}
#endif

#endif
