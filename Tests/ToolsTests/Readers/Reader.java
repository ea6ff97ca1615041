import java.io.FileInputStream;
import java.io.InputStream;

/** What Java's readers of LZ4 make of a file: Reader READER FILE writes it to standard output. */
public class Reader {
  public static void main(String[] arguments) throws Exception {
    InputStream file = new FileInputStream(arguments[1]);
    InputStream stream =
        switch (arguments[0]) {
          case "lz4-java" -> new net.jpountz.lz4.LZ4FrameInputStream(file);
          case "lz4-java-single" -> new net.jpountz.lz4.LZ4FrameInputStream(file, true);
          case "commons-compress" ->
              new org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream(file);
          case "commons-compress-concatenated" ->
              new org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream(file, true);
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    stream.transferTo(System.out);
    System.out.flush();
  }
}
