/* wasi-libc's <errno.h>, and those of Linux's numbers that WASI has not: no call here answers them, programs compare
 * with them. */
#include_next <errno.h>

#ifndef _POSIX_WASM_ERRNO_H
#define _POSIX_WASM_ERRNO_H

#define ENOTBLK 200
#define ECHRNG 201
#define EL2NSYNC 202
#define EL3HLT 203
#define EL3RST 204
#define ELNRNG 205
#define EUNATCH 206
#define ENOCSI 207
#define EL2HLT 208
#define EBADE 209
#define EBADR 210
#define EXFULL 211
#define ENOANO 212
#define EBADRQC 213
#define EBADSLT 214
#define EBFONT 215
#define ENOSTR 216
#define ENODATA 217
#define ETIME 218
#define ENOSR 219
#define ENONET 220
#define ENOPKG 221
#define EREMOTE 222
#define EADV 223
#define ESRMNT 224
#define ECOMM 225
#define EDOTDOT 226
#define ENOTUNIQ 227
#define EBADFD 228
#define EREMCHG 229
#define ELIBACC 230
#define ELIBBAD 231
#define ELIBSCN 232
#define ELIBMAX 233
#define ELIBEXEC 234
#define ERESTART 235
#define ESTRPIPE 236
#define EUSERS 237
#define ESOCKTNOSUPPORT 238
#define EPFNOSUPPORT 239
#define ESHUTDOWN 240
#define ETOOMANYREFS 241
#define EHOSTDOWN 242
#define EUCLEAN 243
#define ENOTNAM 244
#define ENAVAIL 245
#define EISNAM 246
#define EREMOTEIO 247
#define ENOMEDIUM 248
#define EMEDIUMTYPE 249
#define ENOKEY 250
#define EKEYEXPIRED 251
#define EKEYREVOKED 252
#define EKEYREJECTED 253
#define ERFKILL 254
#define EHWPOISON 255
#define EDEADLOCK EDEADLK

#endif
