/** What is mutated on its way to the proxy; `@` stands for the origin. */
export const REQUESTS = [
  "GET http://@/ HTTP/1.1\r\nHost: @\r\nAccept: */*\r\n\r\n",
  "GET http://@/a?b HTTP/1.0\r\n\r\n",
  "HEAD http://@/ HTTP/1.1\r\nHost: @\r\nConnection: X\r\nX: 1\r\n\r\n",
  "POST http://@/ HTTP/1.1\r\nHost: @\r\nContent-Length: 5\r\n\r\nhello",
  "POST http://@/ HTTP/1.1\r\nHost: @\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
  "PUT http://@/ HTTP/1.1\r\nHost: @\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n",
  "OPTIONS http://@ HTTP/1.1\r\nHost: @\r\nMax-Forwards: 2\r\n\r\n",
  "GET http://@/ HTTP/1.1\r\nHost: @\r\n\r\nGET http://@/2 HTTP/1.1\r\nHost: @\r\n\r\n",
  "GET http://@/ HTTP/1.1\r\nHost: @\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
  "CONNECT @ HTTP/1.1\r\nHost: @\r\n\r\nearly bytes",
] as const;

/** What is mutated on its way back. */
export const ANSWERS = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello",
  "HTTP/1.0 200 OK\r\n\r\nuntil the end",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n5\r\nhello\r\n3;a\r\nabc\r\n0\r\nT: 1\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nConnection: X, close\r\nX: 1\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
] as const;
