import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;

/** The JDK as judge of issuers' names: for each line of a file, DER in hex, hex of the name as RFC 2253 (UTF-8). */
public class Names {
    public static void main(String[] files) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line : Files.readAllLines(Path.of(files[0]))) {
            byte[] der = HexFormat.of().parseHex(line);
            String name = new X500Principal(new ByteArrayInputStream(der)).getName(X500Principal.RFC2253);
            out.println(HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
