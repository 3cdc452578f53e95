package org.rlhfstreams.learner.reference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.rlhfstreams.learner.checkpoint.CheckpointException;
import org.rlhfstreams.model.training.FrozenModel;
import org.rlhfstreams.model.training.TokenRow;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Sums that are computed once and kept in a directory, whatever the number of epochs and restarts.
 * What one call computes is kept as a whole or not at all, so that a run that is repeated from a
 * checkpoint finds, or computes in the same company, the same bits. The reference is loaded when
 * the first response is not known.
 */
public final class KeptReference implements ReferenceLogProbabilities {
  private static final long BUFFER_BYTES = 4L << 20;

  private final Supplier<FrozenModel> loader;
  private final Options options;
  private final RocksDB kept;
  private FrozenModel reference;

  /**
   * @param directory for this reference alone; made where it is missing
   * @throws CheckpointException where it cannot be opened
   */
  public KeptReference(Path directory, Supplier<FrozenModel> loader) {
    this.loader = loader;
    RocksDB.loadLibrary();
    this.options = new Options().setCreateIfMissing(true).setWriteBufferSize(BUFFER_BYTES);
    try {
      Files.createDirectories(directory);
      this.kept = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw new CheckpointException(
          "%s cannot be opened (%s): it holds log-probabilities of the reference and can be removed"
              .formatted(directory, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be made", e);
    }
  }

  @Override
  public double[] sums(List<TokenRow> rows) {
    double[] sums = new double[rows.size()];
    List<byte[]> keys = rows.stream().map(RowKey::of).toList();
    List<Integer> missing = new ArrayList<>();
    try {
      for (int i = 0; i < sums.length; i++) {
        byte[] value = kept.get(keys.get(i));
        if (value == null) {
          missing.add(i);
        } else {
          sums[i] = ByteBuffer.wrap(value).getDouble();
        }
      }
      if (!missing.isEmpty()) {
        compute(rows, keys, missing, sums);
      }
    } catch (RocksDBException e) {
      throw new CheckpointException("the reference's log-probabilities: " + e.getMessage(), e);
    }
    return sums;
  }

  private void compute(List<TokenRow> rows, List<byte[]> keys, List<Integer> missing, double[] sums)
      throws RocksDBException {
    if (reference == null) {
      reference = loader.get();
    }
    double[] computed =
        RowSums.of(reference.logProbabilities(missing.stream().map(rows::get).toList()));
    try (WriteBatch batch = new WriteBatch();
        WriteOptions write = new WriteOptions()) {
      for (int i = 0; i < computed.length; i++) {
        int row = missing.get(i);
        sums[row] = computed[i];
        batch.put(keys.get(row), ByteBuffer.allocate(Double.BYTES).putDouble(computed[i]).array());
      }
      kept.write(write, batch);
    }
  }

  @Override
  public void close() {
    kept.close();
    options.close();
    if (reference != null) {
      reference.close();
    }
  }
}
