#include "curl/curl.h"

/* A sentence for each code that this library returns. */
const char *curl_easy_strerror(CURLcode code) {
  switch (code) {
    case CURLE_OK: return "No error";
    case CURLE_UNSUPPORTED_PROTOCOL: return "Unsupported protocol";
    case CURLE_FAILED_INIT: return "Initialization failed";
    case CURLE_URL_MALFORMAT: return "The URL is missing or malformed";
    case CURLE_NOT_BUILT_IN: return "The feature is not part of this library";
    case CURLE_COULDNT_RESOLVE_HOST: return "The host name could not be resolved";
    case CURLE_COULDNT_CONNECT: return "The server could not be connected to";
    case CURLE_WEIRD_SERVER_REPLY: return "The server's reply makes no sense";
    case CURLE_PARTIAL_FILE: return "The transfer ended too early";
    case CURLE_HTTP_RETURNED_ERROR: return "The HTTP status says error";
    case CURLE_WRITE_ERROR: return "The received data could not be written";
    case CURLE_UPLOAD_FAILED: return "The upload could not begin";
    case CURLE_READ_ERROR: return "The data to send could not be read";
    case CURLE_OUT_OF_MEMORY: return "Out of memory";
    case CURLE_OPERATION_TIMEDOUT: return "The time is up";
    case CURLE_ABORTED_BY_CALLBACK: return "A callback aborted the transfer";
    case CURLE_BAD_FUNCTION_ARGUMENT: return "A function was given a bad argument";
    case CURLE_TOO_MANY_REDIRECTS: return "Too many redirects";
    case CURLE_UNKNOWN_OPTION: return "The option is unknown or not supported";
    case CURLE_GOT_NOTHING: return "The server replied nothing";
    case CURLE_SEND_ERROR: return "Sending failed";
    case CURLE_RECV_ERROR: return "Receiving failed";
    case CURLE_BAD_CONTENT_ENCODING: return "The content or transfer encoding is not supported";
    case CURLE_FILESIZE_EXCEEDED: return "The file is larger than allowed";
    case CURLE_SEND_FAIL_REWIND: return "The data to send could not be read again";
    case CURLE_RECURSIVE_API_CALL: return "A callback called into its own transfer";
    default: return "Unknown error";
  }
}
