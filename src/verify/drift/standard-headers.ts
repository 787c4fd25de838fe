/**
 * Response fields that HTTP and browsers define (RFC 9110, 9111, 9112, 6265, 6797, 8288, Fetch, CSP): a service may send
 * them without its contract saying so.
 */
export const STANDARD_HEADERS: ReadonlySet<string> = new Set(
  `accept-ranges access-control-allow-credentials access-control-allow-headers access-control-allow-methods
  access-control-allow-origin access-control-expose-headers access-control-max-age age allow alt-svc cache-control
  connection content-disposition content-encoding content-language content-length content-location content-range
  content-security-policy content-type cross-origin-embedder-policy cross-origin-opener-policy
  cross-origin-resource-policy date etag expires keep-alive last-modified link location nel origin-agent-cluster
  permissions-policy pragma proxy-authenticate referrer-policy report-to reporting-endpoints retry-after server-timing
  strict-transport-security trailer transfer-encoding upgrade vary via warning www-authenticate x-content-type-options
  x-dns-prefetch-control x-download-options x-frame-options x-permitted-cross-domain-policies x-xss-protection`.split(
    /\s+/,
  ),
);
