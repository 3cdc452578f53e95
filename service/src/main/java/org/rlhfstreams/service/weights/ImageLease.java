package org.rlhfstreams.service.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rlhfstreams.events.TensorLayout;
import org.rlhfstreams.events.WeightVersion;
import org.rlhfstreams.schemas.WeightVersions;

/** Holds the image of a version. */
final class ImageLease implements WeightLease {
  private final WeightVersion version;
  private final WeightImage image;
  private final Map<String, Integer> places = new HashMap<>();
  private boolean closed;

  /**
   * @param image of which reading has begun; ends when this is closed
   */
  ImageLease(WeightVersion version, WeightImage image) {
    this.version = version;
    this.image = image;
    List<TensorLayout> layouts = image.layouts();
    for (int i = 0; i < layouts.size(); i++) {
      places.put(layouts.get(i).getName(), i);
    }
  }

  @Override
  public WeightVersion version() {
    return version;
  }

  @Override
  public String origin() {
    return "version " + WeightVersions.text(version);
  }

  @Override
  public String elementType(String tensor) {
    return image.type().name();
  }

  @Override
  public ByteBuffer bytes(String tensor, long from, int length) {
    Integer place = places.get(tensor);
    if (place == null) {
      throw new IllegalArgumentException("the version has no tensor " + tensor);
    }
    return image.tensor(place).slice(Math.toIntExact(from), length).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      image.endReading();
    }
  }
}
