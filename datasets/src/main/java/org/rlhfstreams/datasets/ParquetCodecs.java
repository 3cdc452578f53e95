package org.rlhfstreams.datasets;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Compressions of Parquet by the libraries that Kafka brings; Parquet's own way needs a Hadoop. */
final class ParquetCodecs implements CompressionCodecFactory {

  private interface Decompression {
    byte[] decompress(byte[] compressed, int size) throws IOException;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Decompressor(
        switch (codec) {
          case UNCOMPRESSED -> (compressed, size) -> compressed;
          case SNAPPY -> (compressed, size) -> Snappy.uncompress(compressed);
          case ZSTD -> Zstd::decompress;
          case GZIP -> ParquetCodecs::gunzip;
          case LZO, BROTLI, LZ4, LZ4_RAW ->
              throw new IllegalArgumentException(
                  "its pages are compressed with %s: write it with snappy, zstd, gzip or none"
                      .formatted(codec));
        });
  }

  private static byte[] gunzip(byte[] compressed, int size) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return in.readNBytes(size);
    }
  }

  private record Decompressor(Decompression decompression) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(decompression.decompress(bytes.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size)
        throws IOException {
      byte[] compressed = new byte[compressedSize];
      input.get(compressed);
      output.put(decompression.decompress(compressed, size));
    }

    @Override
    public void release() {
      // nothing is held
    }
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("files are read here, not written");
  }

  @Override
  public void release() {
    // nothing is held
  }
}
