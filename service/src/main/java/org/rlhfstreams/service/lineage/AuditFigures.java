package org.rlhfstreams.service.lineage;

/**
 * What an audit took.
 *
 * @param records read in bulk
 * @param bytes of their values, decompressed
 * @param readSeconds to read the log
 * @param countSeconds to apply the rules to what was read
 * @param fileBytes of the temporary file; 0 if all fitted in memory
 */
public record AuditFigures(
    long records, long bytes, double readSeconds, double countSeconds, long fileBytes) {}
