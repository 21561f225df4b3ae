"""The codes for another @currencyID, one for each amount; DIAN reports all of them as FAD15b too."""

from __future__ import annotations

from ....rules.xml_checks import currency

currency("FAQ08", "FAQ10")
currency("FAS03", "FAS06", "FAS08", "FAS12")
currency("FAT03", "FAT06", "FAT08")
currency("FAU03", "FAU05", "FAU07", "FAU09", "FAU11", "FAU13", "FAU15")
currency("FAV07", "FAW04", "FBB03", "FBE07", "FBE09")
currency("FAX03", "FAX06", "FAX08", "FAX12")
currency("FAY03", "FAY06", "FAY08")
