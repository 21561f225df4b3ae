import java.io.File;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.signature.XMLSignature;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Apache Santuario as judge of signed documents: one line for each file, "valid", "invalid" or "error REASON". The key is
 * that of the first certificate in ds:KeyInfo; every attribute called Id, ID or id is an identifier.
 */
public class Verdicts {
    private static final String DS = "http://www.w3.org/2000/09/xmldsig#";

    public static void main(String[] files) throws Exception {
        Init.init();
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(new DefaultHandler());
        for (String file : files) System.out.println(verdict(builder, new File(file)));
    }

    private static String verdict(DocumentBuilder builder, File file) {
        try {
            Document document = builder.parse(file);
            NodeList signatures = document.getElementsByTagNameNS(DS, "Signature");
            if (signatures.getLength() == 0) return "error no signature";
            NodeList elements = document.getElementsByTagNameNS("*", "*");
            for (int at = 0; at < elements.getLength(); at++) {
                Element element = (Element) elements.item(at);
                for (String name : new String[] {"Id", "ID", "id"}) {
                    if (element.hasAttributeNS(null, name)) element.setIdAttributeNS(null, name, true);
                }
            }
            XMLSignature signature = new XMLSignature((Element) signatures.item(0), "", false);
            boolean valid = signature.checkSignatureValue(signature.getKeyInfo().getX509Certificate());
            return valid ? "valid" : "invalid";
        } catch (Exception problem) {
            return "error " + String.valueOf(problem).replaceAll("\\s+", " ");
        }
    }
}
