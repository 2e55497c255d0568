/* echo_server [--keep] [--host ADDRESS] PORT: sends back whatever a client sends.
 *
 *   posix-wasm cc echo_server.c -o echo_server.wasm
 *   posix-wasm echo_server.wasm --keep 7000
 *
 * Serves one connection and ends; with --keep serves any number, all at once. PORT 0 takes a free port. The first
 * line printed is "listening on ADDRESS:PORT".
 *
 * One thread serves everybody: all sockets are non-blocking, and the only call that waits is poll.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "posix_sockets.h"

enum { OK = 0, BAD_USAGE = 1, CANNOT_LISTEN = 2, CANNOT_SERVE = 3 };

/* A client whose echo is not yet sent is not read from: its own TCP window then holds it back. */
struct client {
  int fd;
  uint32_t start, end; /* buffer[start, end) is still to be sent */
  char buffer[16384];
};

struct server {
  int listener; /* -1 once no more connections are wanted */
  int keep;
  int full;                  /* out of descriptors: accept again when a client has left */
  struct client **clients;   /* `count` of them */
  struct wasm_pollfd *polls; /* polls[0] is the listener's, polls[i + 1] that of clients[i] */
  uint32_t count, capacity;
  int exit_code;
};

static void complain(const char *call, int error) {
  fprintf(stderr, "echo_server: %s: %s\n", call, wasm_sock_errno_name(error));
}

/* ---- Listening ------------------------------------------------------------------------------------------------- */

/* Returns a listening, non-blocking socket, or -1 after saying why there is none. */
static int listen_on(const struct wasm_sockaddr_storage *address, uint32_t length) {
  const int on = 1;
  int error;
  const int fd = wasm_sock_socket(address->ss_family, WASM_SOCK_STREAM | WASM_SOCK_NONBLOCK, 0);
  if (fd < 0) {
    complain("socket", fd);
    return -1;
  }
  /* So that a restart need not wait for old connections to time out. A convenience: the server works without. */
  (void)wasm_sock_setsockopt(fd, WASM_SOL_SOCKET, WASM_SO_REUSEADDR, &on, sizeof on);
  if ((error = wasm_sock_bind(fd, address, length)) < 0) {
    complain("bind", error);
  } else if ((error = wasm_sock_listen(fd, 128)) < 0) {
    complain("listen", error);
  } else {
    return fd;
  }
  wasm_sock_close(fd);
  return -1;
}

/* Says which port it became: the one thing somebody who asked for port 0 cannot know. */
static int announce(int fd, const char *host) {
  struct wasm_sockaddr_storage address;
  struct wasm_sockaddr_in v4; /* the port of a wasm_sockaddr_in6 stands in the same place */
  uint32_t length = sizeof address;
  const int error = wasm_sock_getsockname(fd, &address, &length);
  if (error < 0) {
    complain("getsockname", error);
    return 0;
  }
  memcpy(&v4, &address, sizeof v4);
  printf(strchr(host, ':') ? "listening on [%s]:%d\n" : "listening on %s:%d\n", host, ntohs_wasm(v4.sin_port));
  return fflush(stdout) == 0;
}

/* ---- Clients --------------------------------------------------------------------------------------------------- */

/* Room for one more client and its pollfd. Returns 0 when memory is short. */
static int reserve(struct server *server) {
  if (server->count < server->capacity) return 1;
  const uint32_t capacity = server->capacity ? server->capacity * 2 : 8;
  struct client **clients = realloc(server->clients, capacity * sizeof *clients);
  if (!clients) return 0;
  server->clients = clients;
  struct wasm_pollfd *polls = realloc(server->polls, (capacity + 1) * sizeof *polls);
  if (!polls) return 0;
  server->polls = polls;
  server->capacity = capacity;
  return 1;
}

static int add_client(struct server *server, int fd) {
  struct client *client = reserve(server) ? malloc(sizeof *client) : NULL;
  if (!client) return 0;
  client->fd = fd;
  client->start = client->end = 0;
  server->clients[server->count++] = client;
  return 1;
}

static void stop_listening(struct server *server) {
  wasm_sock_close(server->listener);
  server->listener = -1;
}

/* Takes every connection that waits. */
static void accept_clients(struct server *server) {
  while (server->listener >= 0) {
    const int fd = wasm_sock_accept4(server->listener, NULL, NULL, WASM_SOCK_NONBLOCK);
    if (fd == -WASM_EAGAIN) return;
    if (fd == -WASM_EINTR || fd == -WASM_ECONNABORTED) continue; /* gone before we came to it */
    if ((fd == -WASM_EMFILE || fd == -WASM_ENFILE) && server->count > 0) {
      server->full = 1;
      return;
    }
    if (fd < 0) {
      complain("accept", fd);
      server->exit_code = CANNOT_SERVE;
      stop_listening(server);
      return;
    }
    if (!add_client(server, fd)) {
      complain("accept", -WASM_ENOMEM);
      wasm_sock_close(fd);
    }
    if (!server->keep) stop_listening(server);
  }
}

/* Reads once if there is nothing left to send, then sends what it can. Returns 1 to go on, 0 when the client is
 * done, or a negative errno. */
static int serve(struct client *client) {
  if (client->start == client->end) {
    const int received = wasm_sock_recv(client->fd, client->buffer, sizeof client->buffer, 0);
    if (received == 0) { /* it sends no more, and has been answered in full: end our side too */
      wasm_sock_shutdown(client->fd, WASM_SHUT_WR);
      return 0;
    }
    if (received < 0) return received == -WASM_EAGAIN || received == -WASM_EINTR ? 1 : received;
    client->start = 0;
    client->end = (uint32_t)received;
  }
  while (client->start < client->end) {
    const int sent =
        wasm_sock_send(client->fd, client->buffer + client->start, client->end - client->start, WASM_MSG_NOSIGNAL);
    if (sent == -WASM_EAGAIN || sent == -WASM_EINTR) return 1;
    if (sent < 0) return sent;
    client->start += (uint32_t)sent;
  }
  return 1;
}

/* Ends clients[index]; the last client takes its place. */
static void remove_client(struct server *server, uint32_t index, int error) {
  struct client *client = server->clients[index];
  if (error < 0) {
    complain("connection", error);
    if (!server->keep) server->exit_code = CANNOT_SERVE; /* with --keep, one client's failure is not the server's */
  }
  wasm_sock_close(client->fd);
  free(client);
  server->clients[index] = server->clients[--server->count];
  server->full = 0;
}

/* ---- The loop -------------------------------------------------------------------------------------------------- */

static void fill_polls(struct server *server) {
  server->polls[0] = (struct wasm_pollfd){server->full ? -1 : server->listener, WASM_POLLIN, 0}; /* -1: passed over */
  for (uint32_t i = 0; i < server->count; i++) {
    const struct client *client = server->clients[i];
    const int has_echo = client->start < client->end;
    server->polls[i + 1] = (struct wasm_pollfd){client->fd, has_echo ? WASM_POLLOUT : WASM_POLLIN, 0};
  }
}

static void run(struct server *server) {
  while (server->listener >= 0 || server->count > 0) {
    fill_polls(server);
    const int ready = wasm_sock_poll(server->polls, server->count + 1, -1);
    if (ready == -WASM_EINTR) continue;
    if (ready < 0) {
      complain("poll", ready);
      server->exit_code = CANNOT_SERVE;
      return;
    }
    /* From the back, so that the client moved into a removed one's place has already had its turn. */
    for (uint32_t i = server->count; i-- > 0;) {
      const int result = server->polls[i + 1].revents ? serve(server->clients[i]) : 1;
      if (result <= 0) remove_client(server, i, result);
    }
    if (server->polls[0].revents) accept_clients(server);
  }
}

/* ---- Arguments ------------------------------------------------------------------------------------------------- */

/* A decimal number from 0 to 65535, or -1. */
static int parse_port(const char *text) {
  const size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 5 || text[digits] != '\0') return -1;
  const int port = atoi(text);
  return port <= 65535 ? port : -1;
}

static int usage(const char *problem) {
  if (problem) fprintf(stderr, "echo_server: %s\n", problem);
  fprintf(stderr, "usage: echo_server [--keep] [--host ADDRESS] PORT\n");
  return BAD_USAGE;
}

int main(int argc, char **argv) {
  struct server server = {.listener = -1, .exit_code = OK};
  struct wasm_sockaddr_storage address;
  const char *host = "0.0.0.0";
  int i = 1;
  for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
    if (strcmp(argv[i], "--keep") == 0) {
      server.keep = 1;
    } else if (strcmp(argv[i], "--host") == 0 && i + 1 < argc) {
      host = argv[++i];
    } else {
      return usage(NULL);
    }
  }
  if (i != argc - 1) return usage(NULL);
  const int port = parse_port(argv[i]);
  if (port < 0) return usage("PORT is a number from 0 to 65535");
  const uint32_t length = wasm_sock_address(&address, host, (uint16_t)port);
  if (length == 0) return usage("ADDRESS is an IPv4 or IPv6 address");

  server.listener = listen_on(&address, length);
  if (server.listener < 0) return CANNOT_LISTEN;
  if (!announce(server.listener, host)) return CANNOT_LISTEN;
  if (!reserve(&server)) return CANNOT_SERVE;
  run(&server);
  free(server.clients);
  free(server.polls);
  return server.exit_code;
}
