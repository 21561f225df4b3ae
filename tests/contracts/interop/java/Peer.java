import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.w3c.dom.Document;

/**
 * Apache WSS4J as the other side of our envelopes, for tests/contracts/interop.
 *
 *   verify CERTIFICATES.pem ENVELOPE.xml…        one line for each: "holds PARTS" or "fails REASON"
 *   sign STORE.p12 PASSWORD STYLE ENVELOPE.xml…  seals each into ENVELOPE.xml.sealed; STYLE is direct or thumbprint
 */
public class Peer {
    private static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";

    public static void main(String[] arguments) throws Exception {
        WSSConfig.init();
        if (arguments[0].equals("verify")) {
            Merlin trusted = trusting(arguments[1]);
            for (int i = 2; i < arguments.length; i++) System.out.println(verdict(arguments[i], trusted));
        } else {
            for (int i = 4; i < arguments.length; i++) {
                seal(arguments[i], arguments[1], arguments[2], arguments[3].equals("thumbprint"));
            }
        }
    }

    private static String verdict(String file, Merlin trusted) {
        try {
            List<WSSecurityEngineResult> results =
                new WSSecurityEngine().processSecurityHeader(parsed(file), null, null, trusted);
            if (results == null) return "fails no security header";
            TreeSet<String> parts = new TreeSet<>();
            for (WSSecurityEngineResult result : results) {
                int action = (Integer) result.get(WSSecurityEngineResult.TAG_ACTION);
                if (action == WSConstants.TS) parts.add("timestamp");
                if (action == WSConstants.BST) parts.add("token");
                if (action != WSConstants.SIGN) continue;
                parts.add("method=" + result.get(WSSecurityEngineResult.TAG_SIGNATURE_METHOD));
                for (Object reference : (List<?>) result.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
                    parts.add("signed=" + ((WSDataRef) reference).getName().getLocalPart());
                }
            }
            return "holds " + String.join(" ", parts);
        } catch (Exception problem) {
            return "fails " + problem.getMessage().replace('\n', ' ');
        }
    }

    private static void seal(String file, String store, String password, boolean thumbprint) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(store)) {
            keys.load(in, password.toCharArray());
        }
        Merlin crypto = new Merlin();
        crypto.setKeyStore(keys);
        Document envelope = parsed(file);
        WSSecHeader header = new WSSecHeader();
        header.setMustUnderstand(true);
        header.insertSecurityHeader(envelope);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(keys.aliases().nextElement(), password);
        signature.setKeyIdentifierType(
            thumbprint ? WSConstants.THUMBPRINT_IDENTIFIER : WSConstants.BST_DIRECT_REFERENCE);
        signature.setSignatureAlgorithm("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        signature.setDigestAlgo("http://www.w3.org/2001/04/xmlenc#sha256");
        signature.setSigCanonicalization(EXCLUSIVE);
        List<WSEncryptionPart> parts = new ArrayList<>();
        parts.add(new WSEncryptionPart("To", "http://www.w3.org/2005/08/addressing", "Element"));
        signature.setParts(parts);
        signature.build(envelope, crypto, header);
        WSSecTimestamp timestamp = new WSSecTimestamp();
        timestamp.setTimeToLive(300);
        timestamp.build(envelope, header);
        Transformer writer = TransformerFactory.newInstance().newTransformer();
        writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        try (OutputStream out = new FileOutputStream(file + ".sealed")) {
            writer.transform(new DOMSource(envelope), new StreamResult(out));
        }
    }

    private static Merlin trusting(String file) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        try (InputStream in = new FileInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("trusted" + number++, each);
            }
        }
        Merlin crypto = new Merlin();
        crypto.setKeyStore(store);
        crypto.setTrustStore(store);
        return crypto;
    }

    private static Document parsed(String file) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new File(file));
    }
}
