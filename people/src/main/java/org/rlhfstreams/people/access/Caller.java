package org.rlhfstreams.people.access;

import java.util.Optional;

/**
 * Who makes a request.
 *
 * @param name as it stands in events
 * @param role what they may do
 * @param rateKey whose rate this counts against
 * @param csrfToken what a page must repeat in a header, where a cookie speaks for them
 */
public record Caller(String name, PersonRole role, String rateKey, Optional<String> csrfToken) {}
