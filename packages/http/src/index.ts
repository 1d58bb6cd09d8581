export { createHttp, type Http, type ReadBody } from "./client.ts";
export { HttpError, type HttpErrorCode } from "./error.ts";
export type { HttpFailed, HttpFailure, HttpFailureCode } from "./failure.ts";
export type { HostCounts } from "./ledger.ts";
export type { HttpOptions, ProxyOptions } from "./options.ts";
export type { Credentials, HttpAnswer, HttpHead, HttpRequest } from "./request.ts";
