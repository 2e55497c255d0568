/* <sys/queue.h>: lists whose links stand in their elements, as the BSDs and Linux's C libraries have them. */
#ifndef _SYS_QUEUE_H
#define _SYS_QUEUE_H

/* SLIST: one link, to the next. */

#define SLIST_HEAD(name, type) \
  struct name {                \
    struct type *slh_first;    \
  }
#define SLIST_HEAD_INITIALIZER(head) {0}
#define SLIST_ENTRY(type)   \
  struct {                  \
    struct type *sle_next;  \
  }
#define SLIST_FIRST(head) ((head)->slh_first)
#define SLIST_EMPTY(head) (SLIST_FIRST(head) == 0)
#define SLIST_NEXT(element, field) ((element)->field.sle_next)
#define SLIST_INIT(head) ((void)(SLIST_FIRST(head) = 0))
#define SLIST_FOREACH(element, head, field) \
  for ((element) = SLIST_FIRST(head); (element); (element) = SLIST_NEXT(element, field))

#define SLIST_INSERT_HEAD(head, element, field)         \
  do {                                                  \
    SLIST_NEXT(element, field) = SLIST_FIRST(head);     \
    SLIST_FIRST(head) = (element);                      \
  } while (0)
#define SLIST_INSERT_AFTER(before, element, field)              \
  do {                                                          \
    SLIST_NEXT(element, field) = SLIST_NEXT(before, field);     \
    SLIST_NEXT(before, field) = (element);                      \
  } while (0)
#define SLIST_REMOVE_HEAD(head, field)                          \
  do {                                                          \
    SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), field);   \
  } while (0)
#define SLIST_REMOVE(head, element, type, field)                        \
  do {                                                                  \
    struct type **__link = &SLIST_FIRST(head);                          \
    while (*__link != (element)) __link = &SLIST_NEXT(*__link, field);  \
    *__link = SLIST_NEXT(*__link, field);                               \
  } while (0)

/* LIST: two links, to the next and to the pointer that points here. */

#define LIST_HEAD(name, type) \
  struct name {               \
    struct type *lh_first;    \
  }
#define LIST_HEAD_INITIALIZER(head) {0}
#define LIST_ENTRY(type)    \
  struct {                  \
    struct type *le_next;   \
    struct type **le_prev;  \
  }
#define LIST_FIRST(head) ((head)->lh_first)
#define LIST_EMPTY(head) (LIST_FIRST(head) == 0)
#define LIST_NEXT(element, field) ((element)->field.le_next)
#define LIST_INIT(head) ((void)(LIST_FIRST(head) = 0))
#define LIST_FOREACH(element, head, field) \
  for ((element) = LIST_FIRST(head); (element); (element) = LIST_NEXT(element, field))

/* Puts the element where `link` points. */
#define _LIST_INSERT_AT(link, element, field)                                     \
  do {                                                                            \
    if ((LIST_NEXT(element, field) = *(link)) != 0)                               \
      LIST_NEXT(element, field)->field.le_prev = &LIST_NEXT(element, field);      \
    (element)->field.le_prev = (link);                                            \
    *(element)->field.le_prev = (element);                                        \
  } while (0)
#define LIST_INSERT_HEAD(head, element, field) _LIST_INSERT_AT(&LIST_FIRST(head), element, field)
#define LIST_INSERT_AFTER(before, element, field) _LIST_INSERT_AT(&LIST_NEXT(before, field), element, field)
#define LIST_INSERT_BEFORE(after, element, field)           \
  do {                                                      \
    (element)->field.le_prev = (after)->field.le_prev;      \
    LIST_NEXT(element, field) = (after);                    \
    *(after)->field.le_prev = (element);                    \
    (after)->field.le_prev = &LIST_NEXT(element, field);    \
  } while (0)
#define LIST_REMOVE(element, field)                                           \
  do {                                                                        \
    if (LIST_NEXT(element, field) != 0)                                       \
      LIST_NEXT(element, field)->field.le_prev = (element)->field.le_prev;    \
    *(element)->field.le_prev = LIST_NEXT(element, field);                    \
  } while (0)

/* STAILQ: one link, and the head knows the end. */

#define STAILQ_HEAD(name, type)  \
  struct name {                  \
    struct type *stqh_first;     \
    struct type **stqh_last;     \
  }
#define STAILQ_HEAD_INITIALIZER(head) {0, &(head).stqh_first}
#define STAILQ_ENTRY(type)   \
  struct {                   \
    struct type *stqe_next;  \
  }
#define STAILQ_FIRST(head) ((head)->stqh_first)
#define STAILQ_EMPTY(head) (STAILQ_FIRST(head) == 0)
#define STAILQ_NEXT(element, field) ((element)->field.stqe_next)
#define STAILQ_INIT(head)                             \
  do {                                                \
    STAILQ_FIRST(head) = 0;                           \
    (head)->stqh_last = &STAILQ_FIRST(head);          \
  } while (0)
#define STAILQ_FOREACH(element, head, field) \
  for ((element) = STAILQ_FIRST(head); (element); (element) = STAILQ_NEXT(element, field))

/* Puts the element where `link` points, which may be the end. */
#define _STAILQ_INSERT_AT(head, link, element, field)                                              \
  do {                                                                                             \
    if ((STAILQ_NEXT(element, field) = *(link)) == 0) (head)->stqh_last = &STAILQ_NEXT(element, field); \
    *(link) = (element);                                                                           \
  } while (0)
#define STAILQ_INSERT_HEAD(head, element, field) _STAILQ_INSERT_AT(head, &STAILQ_FIRST(head), element, field)
#define STAILQ_INSERT_AFTER(head, before, element, field) \
  _STAILQ_INSERT_AT(head, &STAILQ_NEXT(before, field), element, field)
#define STAILQ_INSERT_TAIL(head, element, field)             \
  do {                                                       \
    STAILQ_NEXT(element, field) = 0;                         \
    *(head)->stqh_last = (element);                          \
    (head)->stqh_last = &STAILQ_NEXT(element, field);        \
  } while (0)
/* Takes the element out that `link` points to, which may be the last. */
#define _STAILQ_REMOVE_AT(head, link, field)                                        \
  do {                                                                              \
    if ((*(link) = STAILQ_NEXT(*(link), field)) == 0) (head)->stqh_last = (link);   \
  } while (0)
#define STAILQ_REMOVE_HEAD(head, field) _STAILQ_REMOVE_AT(head, &STAILQ_FIRST(head), field)
#define STAILQ_REMOVE(head, element, type, field)                         \
  do {                                                                    \
    struct type **__link = &STAILQ_FIRST(head);                           \
    while (*__link != (element)) __link = &STAILQ_NEXT(*__link, field);   \
    _STAILQ_REMOVE_AT(head, __link, field);                               \
  } while (0)
#define STAILQ_CONCAT(one, two)                     \
  do {                                              \
    if (!STAILQ_EMPTY(two)) {                       \
      *(one)->stqh_last = STAILQ_FIRST(two);        \
      (one)->stqh_last = (two)->stqh_last;          \
      STAILQ_INIT(two);                             \
    }                                               \
  } while (0)

/* SIMPLEQ: the same by its older name. */

#define SIMPLEQ_HEAD(name, type) \
  struct name {                  \
    struct type *sqh_first;      \
    struct type **sqh_last;      \
  }
#define SIMPLEQ_HEAD_INITIALIZER(head) {0, &(head).sqh_first}
#define SIMPLEQ_ENTRY(type) \
  struct {                  \
    struct type *sqe_next;  \
  }
#define SIMPLEQ_FIRST(head) ((head)->sqh_first)
#define SIMPLEQ_EMPTY(head) (SIMPLEQ_FIRST(head) == 0)
#define SIMPLEQ_NEXT(element, field) ((element)->field.sqe_next)
#define SIMPLEQ_INIT(head)                          \
  do {                                              \
    SIMPLEQ_FIRST(head) = 0;                        \
    (head)->sqh_last = &SIMPLEQ_FIRST(head);        \
  } while (0)
#define SIMPLEQ_FOREACH(element, head, field) \
  for ((element) = SIMPLEQ_FIRST(head); (element); (element) = SIMPLEQ_NEXT(element, field))
#define SIMPLEQ_INSERT_HEAD(head, element, field)                                                   \
  do {                                                                                              \
    if ((SIMPLEQ_NEXT(element, field) = SIMPLEQ_FIRST(head)) == 0)                                  \
      (head)->sqh_last = &SIMPLEQ_NEXT(element, field);                                             \
    SIMPLEQ_FIRST(head) = (element);                                                                \
  } while (0)
#define SIMPLEQ_INSERT_TAIL(head, element, field)           \
  do {                                                      \
    SIMPLEQ_NEXT(element, field) = 0;                       \
    *(head)->sqh_last = (element);                          \
    (head)->sqh_last = &SIMPLEQ_NEXT(element, field);       \
  } while (0)
#define SIMPLEQ_REMOVE_HEAD(head, field)                                          \
  do {                                                                            \
    if ((SIMPLEQ_FIRST(head) = SIMPLEQ_NEXT(SIMPLEQ_FIRST(head), field)) == 0)    \
      (head)->sqh_last = &SIMPLEQ_FIRST(head);                                    \
  } while (0)

/* TAILQ: two links, and the head knows the end. Head and entry are laid out alike, so the head can be read as an entry:
 * that is how the element before is found. */

#define TAILQ_HEAD(name, type)  \
  struct name {                 \
    struct type *tqh_first;     \
    struct type **tqh_last;     \
  }
#define TAILQ_HEAD_INITIALIZER(head) {0, &(head).tqh_first}
#define TAILQ_ENTRY(type)    \
  struct {                   \
    struct type *tqe_next;   \
    struct type **tqe_prev;  \
  }
#define TAILQ_FIRST(head) ((head)->tqh_first)
#define TAILQ_EMPTY(head) (TAILQ_FIRST(head) == 0)
#define TAILQ_NEXT(element, field) ((element)->field.tqe_next)
#define TAILQ_LAST(head, name) (*((struct name *)(void *)(head)->tqh_last)->tqh_last)
#define TAILQ_PREV(element, name, field) (*((struct name *)(void *)(element)->field.tqe_prev)->tqh_last)
#define TAILQ_INIT(head)                         \
  do {                                           \
    TAILQ_FIRST(head) = 0;                       \
    (head)->tqh_last = &TAILQ_FIRST(head);       \
  } while (0)
#define TAILQ_FOREACH(element, head, field) \
  for ((element) = TAILQ_FIRST(head); (element); (element) = TAILQ_NEXT(element, field))
#define TAILQ_FOREACH_REVERSE(element, head, name, field) \
  for ((element) = TAILQ_LAST(head, name); (element); (element) = TAILQ_PREV(element, name, field))

/* Says to whatever follows the element, or to the head, who comes before. */
#define _TAILQ_TELL_NEXT(head, element, field, link)                                              \
  (*(TAILQ_NEXT(element, field) ? &TAILQ_NEXT(element, field)->field.tqe_prev : &(head)->tqh_last) = (link))
#define _TAILQ_INSERT_AT(head, link, element, field)                            \
  do {                                                                          \
    TAILQ_NEXT(element, field) = *(link);                                       \
    _TAILQ_TELL_NEXT(head, element, field, &TAILQ_NEXT(element, field));        \
    (element)->field.tqe_prev = (link);                                         \
    *(element)->field.tqe_prev = (element);                                     \
  } while (0)
#define TAILQ_INSERT_HEAD(head, element, field) _TAILQ_INSERT_AT(head, &TAILQ_FIRST(head), element, field)
#define TAILQ_INSERT_AFTER(head, before, element, field) \
  _TAILQ_INSERT_AT(head, &TAILQ_NEXT(before, field), element, field)
#define TAILQ_INSERT_TAIL(head, element, field)              \
  do {                                                       \
    TAILQ_NEXT(element, field) = 0;                          \
    (element)->field.tqe_prev = (head)->tqh_last;            \
    *(head)->tqh_last = (element);                           \
    (head)->tqh_last = &TAILQ_NEXT(element, field);          \
  } while (0)
#define TAILQ_INSERT_BEFORE(after, element, field)           \
  do {                                                       \
    (element)->field.tqe_prev = (after)->field.tqe_prev;     \
    TAILQ_NEXT(element, field) = (after);                    \
    *(after)->field.tqe_prev = (element);                    \
    (after)->field.tqe_prev = &TAILQ_NEXT(element, field);   \
  } while (0)
#define TAILQ_REMOVE(head, element, field)                                  \
  do {                                                                      \
    _TAILQ_TELL_NEXT(head, element, field, (element)->field.tqe_prev);      \
    *(element)->field.tqe_prev = TAILQ_NEXT(element, field);                \
  } while (0)
#define TAILQ_CONCAT(one, two, field)                              \
  do {                                                             \
    if (!TAILQ_EMPTY(two)) {                                       \
      *(one)->tqh_last = TAILQ_FIRST(two);                         \
      TAILQ_FIRST(two)->field.tqe_prev = (one)->tqh_last;          \
      (one)->tqh_last = (two)->tqh_last;                           \
      TAILQ_INIT(two);                                             \
    }                                                              \
  } while (0)

#endif
