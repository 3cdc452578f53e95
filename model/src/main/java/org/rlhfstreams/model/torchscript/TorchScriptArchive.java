package org.rlhfstreams.model.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Zips the source of one TorchScript class and its constants into the archive that PyTorch's loader
 * reads: a pickle that builds the object, and the source text beside it.
 */
final class TorchScriptArchive {
  private static final byte PROTOCOL = (byte) 0x80;
  private static final byte NEW_OBJECT = (byte) 0x81;
  private static final byte TRUE = (byte) 0x88;
  private static final byte FALSE = (byte) 0x89;

  private TorchScriptArchive() {}

  /**
   * The archive's bytes.
   *
   * @param className the class in {@code source}
   * @param constants attributes of the object: Long, Double, Boolean or a List of Long
   * @throws IllegalArgumentException for a constant of another type
   */
  static byte[] write(String className, String source, Map<String, Object> constants) {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(archive)) {
      put(zip, "data.pkl", pickle(className, constants));
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", new byte[] {PROTOCOL, 2, ')', '.'});
      put(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
      put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive.toByteArray();
  }

  private static byte[] pickle(String className, Map<String, Object> constants) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {PROTOCOL, 2});
    out.write(("c__torch__\n" + className + "\n)").getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {NEW_OBJECT, '}', '('});
    text(out, "training");
    out.write(TRUE);
    for (Map.Entry<String, Object> constant : constants.entrySet()) {
      text(out, constant.getKey());
      value(out, constant.getKey(), constant.getValue());
    }
    out.write("ub.".getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  private static void value(DataOutputStream out, String name, Object value) throws IOException {
    if (value instanceof Long number && Math.abs(number) <= Integer.MAX_VALUE) {
      out.write('J');
      out.writeInt(Integer.reverseBytes(number.intValue()));
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeDouble(number);
    } else if (value instanceof Boolean flag) {
      out.write(flag ? TRUE : FALSE);
    } else if (value instanceof List<?> numbers) {
      out.write("ctorch.jit._pickle\nbuild_intlist\n(](".getBytes(StandardCharsets.US_ASCII));
      for (Object number : numbers) {
        value(out, name, number);
      }
      out.write("etR".getBytes(StandardCharsets.US_ASCII));
    } else {
      throw new IllegalArgumentException("constant " + name + " cannot be pickled: " + value);
    }
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeInt(Integer.reverseBytes(utf8.length));
    out.write(utf8);
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    zip.putNextEntry(new ZipEntry("archive/" + name));
    zip.write(bytes);
    zip.closeEntry();
  }
}
