/* wasi-libc declares message queues and has no code for them. Programs that look for this header find out here. */
#error "there are no message queues here: there is no second process to send messages to"
