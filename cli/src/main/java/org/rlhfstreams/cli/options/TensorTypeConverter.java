package org.rlhfstreams.cli.options;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.rlhfstreams.model.files.TensorType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Element types by the names that PyTorch gives them. */
public final class TensorTypeConverter implements ITypeConverter<TensorType> {
  @Override
  public TensorType convert(String name) {
    return TensorType.ofTorchName(name)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of %s but was %s"
                        .formatted(
                            Arrays.stream(TensorType.values())
                                .map(TensorType::torchName)
                                .collect(Collectors.joining(", ")),
                            name)));
  }
}
